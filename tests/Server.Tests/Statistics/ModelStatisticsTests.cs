using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Tests.Statistics;

public sealed class ModelStatisticsTests
{
    private static readonly InferTimings Timings = new(
        TimeSpan.FromMicroseconds(1), TimeSpan.FromMicroseconds(2), TimeSpan.FromMicroseconds(3), TimeSpan.FromMicroseconds(4), 8);

    [Test]
    public void What_all_threads_counted_is_there_to_the_last_one()
    {
        ModelStatistics statistics = new(TimeProvider.System);
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                statistics.Arrived();
                statistics.Executed(8, Timings.Input, Timings.Infer, Timings.Output);
                statistics.Succeeded(8, Timings, TimeSpan.FromMicroseconds(20));
            }
        });

        StatisticsSnapshot snapshot = statistics.Read();
        Assert.That(snapshot.InferenceCount, Is.EqualTo(640_000));
        Assert.That(snapshot.ExecutionCount, Is.EqualTo(80_000));
        Assert.That(snapshot.Success, Is.EqualTo(new DurationTotal(80_000, 1_600_000_000)));
        Assert.That(snapshot.Queue, Is.EqualTo(new DurationTotal(80_000, 80_000_000)));
        Assert.That(snapshot.ComputeInput, Is.EqualTo(new DurationTotal(80_000, 160_000_000)));
        Assert.That(snapshot.ComputeInfer, Is.EqualTo(new DurationTotal(80_000, 240_000_000)));
        Assert.That(snapshot.ComputeOutput, Is.EqualTo(new DurationTotal(80_000, 320_000_000)));
        Assert.That(
            snapshot.Batches,
            Is.EqualTo((BatchSnapshot[])[new(8, snapshot.ComputeInput, snapshot.ComputeInfer, snapshot.ComputeOutput)]));
        Assert.That(statistics.Pending, Is.Zero);
    }

    [Test]
    public void Failures_are_counted_by_their_kind_and_leave_nothing_pending()
    {
        ModelStatistics statistics = new(TimeProvider.System);
        for (int i = 0; i < 4; i++)
        {
            statistics.Arrived();
        }

        statistics.Failed(FailureKind.Canceled, TimeSpan.FromMilliseconds(1));
        statistics.Failed(FailureKind.Backend, TimeSpan.FromMilliseconds(2));
        statistics.Failed(FailureKind.Canceled, TimeSpan.FromMilliseconds(3));

        Assert.That(statistics.Pending, Is.EqualTo(1));
        Assert.That(statistics.Read().Fail, Is.EqualTo(new DurationTotal(3, 6_000_000)));
        Assert.That(statistics.Read().Success, Is.EqualTo(new DurationTotal(0, 0)));
        Assert.That(
            Enum.GetValues<FailureKind>().Select(statistics.FailuresOf), Is.EqualTo((long[])[0, 2, 1, 0]));
    }

    [Test]
    public void The_last_inference_is_told_in_milliseconds_since_1970()
    {
        StoppedClock clock = new() { Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero) };
        ModelStatistics statistics = new(clock);
        long before = statistics.Read().LastInferenceMilliseconds;

        statistics.Succeeded(1, Timings, TimeSpan.Zero);

        Assert.That(before, Is.Zero);
        Assert.That(statistics.Read().LastInferenceMilliseconds, Is.EqualTo(clock.Now.ToUnixTimeMilliseconds()));
    }

    [Test]
    public void Batch_sizes_are_told_in_order_and_their_number_has_an_end()
    {
        ModelStatistics statistics = new(TimeProvider.System);
        for (int size = 2 * BatchStatistics.MostSizes; size > 0; size--)
        {
            statistics.Executed(size, default, TimeSpan.FromTicks(size), default);
        }

        StatisticsSnapshot snapshot = statistics.Read();
        Assert.That(snapshot.ExecutionCount, Is.EqualTo(2 * BatchStatistics.MostSizes));
        Assert.That(snapshot.Batches, Has.Count.EqualTo(BatchStatistics.MostSizes));
        Assert.That(snapshot.Batches.Select(b => b.BatchSize), Is.Ordered.Ascending);
        Assert.That(snapshot.Batches[0].ComputeInfer, Is.EqualTo(new DurationTotal(1, snapshot.Batches[0].BatchSize * 100)));
    }

    [Test]
    public void Counting_allocates_nothing()
    {
        ModelStatistics statistics = new(TimeProvider.System);
        statistics.Executed(8, Timings.Input, Timings.Infer, Timings.Output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            statistics.Arrived();
            statistics.Executed(8, Timings.Input, Timings.Infer, Timings.Output);
            statistics.Succeeded(8, Timings, TimeSpan.FromMicroseconds(20));
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; init; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
