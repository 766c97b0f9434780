using ModelOperator.Server.Batching;

namespace ModelOperator.Server.Tests.Batching;

public sealed class BatchTunerTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Test]
    public void A_model_whose_rows_cost_less_together_is_batched_up_to_where_that_ends()
    {
        // Up to 16 rows take hardly longer than one, from there on each row costs the same.
        BatchingPlan plan = BatchTuner.Decide(new(), null, true, 4 * Millisecond, rows => Math.Max(4 + (rows / 16.0), rows * 0.31) * Millisecond);

        Assert.That(plan.MaxRows, Is.EqualTo(16));
        Assert.That(plan.Reason, Is.EqualTo("a row alone takes 4 ms, in a batch of 16 0.312 ms"));
    }

    [Test]
    public void A_model_whose_rows_cost_the_same_is_not_batched() =>
        Assert.That(BatchTuner.Decide(new(), null, true, 4 * Millisecond, rows => rows * 3.9 * Millisecond).Batches, Is.False);

    [TestCase(6, 3.9, false)]
    [TestCase(3.9, 3.9, false)]
    [TestCase(6, 5.9, true)]
    public void A_row_alone_that_something_held_up_while_it_was_measured_speaks_for_nothing(double first, double again, bool batches) => Assert.That(
        BatchTuner.Decide(new(), null, true, first * Millisecond, rows => (rows == 1 ? again : rows * 3.9) * Millisecond).Batches, Is.EqualTo(batches));

    [Test]
    public void A_model_that_computes_sooner_than_others_can_be_waited_for_is_not_batched() =>
        Assert.That(BatchTuner.Decide(new(), null, true, TimeSpan.FromMicroseconds(4), _ => TimeSpan.FromMicroseconds(4)).Batches, Is.False);

    [Test]
    public void Where_sizes_are_dear_one_is_tried()
    {
        List<int> tried = [];
        BatchingPlan plan = BatchTuner.Decide(new(), null, true, 4 * Millisecond, rows =>
        {
            tried.Add(rows);
            return 8 * Millisecond;
        }, coarse: true);

        Assert.That(plan.MaxRows, Is.EqualTo(32));
        Assert.That(tried, Is.EqualTo(new[] { 32 }));
    }

    [Test]
    public void What_the_user_says_is_done_without_measuring()
    {
        BatchingOptions options = new() { MaxBatchSize = 8, PreferredBatchSizes = [4, 16], MaxQueueDelay = Millisecond, MaxQueueSize = 7 };

        BatchingPlan plan = BatchTuner.Decide(options, null, true, Millisecond, _ => throw new InvalidOperationException());

        Assert.That((plan.MaxRows, plan.MaxQueueDelay, plan.MaxQueueSize), Is.EqualTo((8, Millisecond, 7)));
        Assert.That(plan.Preferred, Is.EqualTo(new[] { 4 }));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Batching_can_be_turned_off(int size) =>
        Assert.That(BatchTuner.Decide(new() { MaxBatchSize = size }, null, null, Millisecond, _ => Millisecond).Reason, Is.EqualTo("it is turned off"));

    [Test]
    public void What_the_model_does_not_allow_is_not_done_even_when_asked_for()
    {
        BatchingOptions options = new() { MaxBatchSize = 8 };

        BatchingPlan closed = BatchTuner.Decide(options, "the first dimension is not open", null, Millisecond, _ => Millisecond);
        BatchingPlan mixing = BatchTuner.Decide(options, null, false, Millisecond, _ => Millisecond);

        Assert.That((closed.Batches, closed.Reason), Is.EqualTo((false, "the first dimension is not open")));
        Assert.That((mixing.Batches, mixing.Reason), Is.EqualTo((false, "the model mixes rows: made-up rows come out differently together than alone")));
    }
}
