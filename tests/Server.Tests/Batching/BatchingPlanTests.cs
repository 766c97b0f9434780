using ModelOperator.Server.Batching;

namespace ModelOperator.Server.Tests.Batching;

public sealed class BatchingPlanTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [TestCase(4, 16, 32, "a row alone takes 4 ms, in a batch of 8 2 ms")]
    [TestCase(4, 26, 1, "a row alone takes 4 ms, in a batch of 8 3.25 ms")]
    [TestCase(4, 40, 1, "a row alone takes 4 ms, in a batch of 8 5 ms")]
    public void Rows_are_computed_together_where_that_takes_less_of_each(double alone, double together, int rows, string reason)
    {
        BatchingPlan plan = BatchingPlan.Decide(
            new(), null, true, alone * Millisecond, 8,
            tried => tried == 8 ? together * Millisecond : throw new InvalidOperationException());

        Assert.That((plan.MaxRows, plan.Reason), Is.EqualTo((rows, reason)));
    }

    [Test]
    public void A_quick_model_is_not_batched() => Assert.That(
        BatchingPlan.Decide(new(), null, true, 0.4 * Millisecond, 8, _ => 0.4 * Millisecond).Reason,
        Is.EqualTo("a row alone takes 0.4 ms, less than handing it over"));

    [Test]
    public void What_the_user_says_is_done_without_measuring()
    {
        BatchingOptions options = new() { MaxBatchSize = 8, PreferredBatchSizes = [4, 16], MaxQueueDelay = Millisecond, MaxQueueSize = 7 };

        BatchingPlan plan = BatchingPlan.Decide(options, null, true, Millisecond, 8, _ => throw new InvalidOperationException());

        Assert.That((plan.MaxRows, plan.MaxQueueDelay, plan.MaxQueueSize), Is.EqualTo((8, Millisecond, 7)));
        Assert.That(plan.Preferred, Is.EqualTo(new[] { 4 }));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Batching_can_be_turned_off_and_then_nothing_is_held_back(int size)
    {
        BatchingPlan plan = BatchingPlan.Decide(
            new() { MaxBatchSize = size, MaxQueueDelay = Millisecond }, null, null, Millisecond, 8, _ => Millisecond);

        Assert.That((plan.Reason, plan.MaxQueueDelay), Is.EqualTo(("it is turned off", TimeSpan.Zero)));
    }

    [Test]
    public void What_the_model_does_not_allow_is_not_done_even_when_asked_for()
    {
        BatchingOptions options = new() { MaxBatchSize = 8 };

        BatchingPlan closed = BatchingPlan.Decide(options, "the first dimension is not open", null, Millisecond, 8, _ => Millisecond);
        BatchingPlan mixing = BatchingPlan.Decide(options, null, false, Millisecond, 8, _ => Millisecond);

        Assert.That((closed.Batches, closed.Reason), Is.EqualTo((false, "the first dimension is not open")));
        Assert.That(
            (mixing.Batches, mixing.Reason),
            Is.EqualTo((false, "the model mixes rows: made-up rows come out differently together than alone")));
    }
}
