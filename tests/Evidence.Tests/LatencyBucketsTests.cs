using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Evidence.Tests;

public sealed class LatencyBucketsTests
{
    [Test]
    public void A_bound_lies_in_its_own_bucket_and_one_tick_more_in_the_next()
    {
        Assert.Multiple(() =>
        {
            for (int i = 0; i < LatencyBuckets.Count; i++)
            {
                Assert.That(LatencyBuckets.Index(LatencyBuckets.Bound(i)), Is.EqualTo(i));
                TimeSpan above = LatencyBuckets.Bound(i) + TimeSpan.FromTicks(1);
                Assert.That(LatencyBuckets.Index(above), Is.EqualTo(Math.Min(i + 1, LatencyBuckets.Count - 1)));
            }
        });
    }

    [Test]
    public void Buckets_are_two_percent_wide_and_reach_from_10_microseconds_to_100_seconds()
    {
        Assert.That(LatencyBuckets.Bound(0), Is.EqualTo(TimeSpan.FromMicroseconds(10)));
        Assert.That(LatencyBuckets.Bound(LatencyBuckets.Count - 1).TotalSeconds, Is.InRange(95, 105));
        for (int i = 1; i < LatencyBuckets.Count; i++)
        {
            // Bounds are whole ticks of 100 ns, of which the first holds 100.
            Assert.That(LatencyBuckets.Bound(i) / LatencyBuckets.Bound(i - 1), Is.EqualTo(1.02).Within(0.01));
        }
    }

    [Test]
    public void A_latency_lies_between_the_bounds_of_its_bucket_and_a_longer_one_never_in_an_earlier_bucket() =>
        Prop.ForAll(Latencies(), Latencies(), (a, b) =>
        {
            int index = LatencyBuckets.Index(a);
            bool within = a <= LatencyBuckets.Bound(index) && (index == 0 || a > LatencyBuckets.Bound(index - 1));
            return within && (a > b || index <= LatencyBuckets.Index(b));
        }).QuickCheckThrowOnFailure();

    [TestCase(0L)]
    [TestCase(-1L)]
    [TestCase(long.MinValue)]
    public void Nothing_and_less_than_nothing_are_in_the_first_bucket(long ticks) =>
        Assert.That(LatencyBuckets.Index(TimeSpan.FromTicks(ticks)), Is.Zero);

    [Test]
    public void The_last_bucket_takes_everything_slower() =>
        Assert.That(LatencyBuckets.Index(TimeSpan.MaxValue), Is.EqualTo(LatencyBuckets.Count - 1));

    private static Arbitrary<TimeSpan> Latencies() =>
        Gen.Choose(0, 900_000_000).Two().Select(p => TimeSpan.FromTicks(p.Item1 >> (p.Item2 % 30))).ToArbitrary();
}
