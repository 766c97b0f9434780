namespace ModelOperator.Analysis.Tests;

public class LatencyTargetTests
{
    [Test]
    public void Until_enough_is_known_of_stable_there_is_no_target_and_nothing_counts()
    {
        var target = LatencyTarget.Following(0.95).Learn([(10, 199)]).Settle();
        Assert.Multiple(() =>
        {
            Assert.That(target.Bucket, Is.Null);
            Assert.That(target.Count([(500, 10)]), Is.EqualTo(new ArmCounts(0, 0)));
            Assert.That(target.Learn([(10, 1)]).Settle().Bucket, Is.EqualTo(10));
        });
    }

    [Test]
    public void The_target_moves_between_blocks_only()
    {
        var target = LatencyTarget.Following(0.95).Learn([(10, 1000)]).Settle();
        var learnt = target.Learn([(90, 10_000)]);
        Assert.Multiple(() =>
        {
            Assert.That(learnt.Bucket, Is.EqualTo(10));
            Assert.That(learnt.Settle().Bucket, Is.EqualTo(90));
        });
    }

    [Test]
    public void What_lies_in_the_bucket_of_the_target_is_not_slow()
    {
        var target = LatencyTarget.Fixed(100);
        Assert.That(target.Count([(99, 5), (100, 7), (101, 2), (814, 1)]), Is.EqualTo(new ArmCounts(3, 15)));
    }

    [Test]
    public void A_fixed_target_never_moves()
    {
        var target = LatencyTarget.Fixed(100).Learn([(300, 100_000)]).Settle();
        Assert.That(target.Bucket, Is.EqualTo(100));
    }

    [Test]
    public void The_quantile_is_the_first_bucket_with_enough_at_or_below_it()
    {
        var histogram = LatencyHistogram.Empty.Add([(5, 50), (6, 45), (7, 5)]);
        Assert.Multiple(() =>
        {
            Assert.That(histogram.Quantile(0.5), Is.EqualTo(5));
            Assert.That(histogram.Quantile(0.95), Is.EqualTo(6));
            Assert.That(histogram.Quantile(0.96), Is.EqualTo(7));
            Assert.That(LatencyHistogram.Empty.Quantile(0.5), Is.Null);
        });
    }

    [Test]
    public void Old_latencies_fade()
    {
        var histogram = LatencyHistogram.Empty.Add([(5, 15_000)]);
        for (int i = 0; i < 10; i++)
        {
            histogram = histogram.Add([(50, 5_000)]);
        }

        Assert.Multiple(() =>
        {
            Assert.That(histogram.Total, Is.LessThanOrEqualTo(LatencyHistogram.Memory));
            Assert.That(histogram.Quantile(0.5), Is.EqualTo(50));
        });
    }

    [Test]
    public void A_canary_as_fast_as_stable_has_no_more_slow_ones_than_the_quantile_leaves()
    {
        var random = new Random(11);
        var target = LatencyTarget.Following(0.95);
        var evidence = new GuardrailEvidence { Latency = target };
        for (int block = 0; block < 100; block++)
        {
            var stable = Latencies(random, 400);
            evidence = evidence.Collect(new Block(evidence.Latency!.Count(Latencies(random, 100)), evidence.Latency.Count(stable)));
            evidence = (evidence with { Latency = evidence.Latency!.Learn(stable) }).CloseBlock(Criterion.Margin(0.05));
        }

        Assert.Multiple(() =>
        {
            Assert.That(evidence.Total.Canary.Rate, Is.EqualTo(0.05).Within(0.02));
            Assert.That(Judge.ForGuardrails(99, 1).Of(evidence, Criterion.Margin(0.05)).Verdict, Is.EqualTo(Verdict.Safe));
        });
    }

    private static List<(int Bucket, long Count)> Latencies(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (300 + (int)(60 * -Math.Log(1 - random.NextDouble())), 1L))];
}
