using ModelOperator.Cli.Simulate;
using ModelOperator.Evidence;

namespace ModelOperator.Cli.Tests;

/// <summary>The draws have the distributions they are said to have.</summary>
public class DrawTests
{
    private const int Draws = 100_000;

    // Beyond any chance for a chi-square of so many degrees of freedom: its mean and eight standard deviations.
    private static double Most(int freedom) => freedom + (8 * Math.Sqrt(2 * freedom));

    [TestCase(1, 0.3)]
    [TestCase(20, 0.05)]
    [TestCase(50, 0.5)]
    [TestCase(3000, 0.01)]
    [TestCase(100_000, 0.9999)]
    public void Binomial(int trials, double rate)
    {
        var draw = new Draw(1, 2);
        double Probability(int k) => Math.Exp(
            LogFactorial.Of(trials) - LogFactorial.Of(k) - LogFactorial.Of(trials - k)
            + (k * Math.Log(rate)) + ((trials - k) * Math.Log(1 - rate)));

        AssertFits(() => draw.Binomial(trials, rate), Probability, 0, trials);
    }

    [TestCase(0.02)]
    [TestCase(3.7)]
    [TestCase(50)]
    [TestCase(20_000)]
    public void Poisson(double mean)
    {
        var draw = new Draw(3, 4);

        AssertFits(() => draw.Poisson(mean), k => Math.Exp((k * Math.Log(mean)) - mean - LogFactorial.Of(k)), 0, int.MaxValue);
    }

    [Test]
    public void Nothing_comes_of_nothing_and_all_of_certainty()
    {
        var draw = new Draw(1, 1);

        Assert.That((draw.Binomial(10, 0), draw.Binomial(10, 1.5), draw.Binomial(0, 0.5), draw.Poisson(0)), Is.EqualTo((0, 10, 0, 0)));
    }

    [Test]
    public void Normal_and_uniform()
    {
        var draw = new Draw(5, 6);
        double[] normal = [.. Enumerable.Range(0, Draws).Select(_ => draw.Normal())];
        double[] uniform = [.. Enumerable.Range(0, Draws).Select(_ => draw.Uniform())];

        Assert.Multiple(() =>
        {
            Assert.That(normal.Average(), Is.Zero.Within(0.02));
            Assert.That(normal.Average(x => x * x), Is.EqualTo(1).Within(0.03));
            Assert.That(normal.Count(x => x < 1.6448536) / (double)Draws, Is.EqualTo(0.95).Within(0.004));
            Assert.That(uniform, Is.All.InRange(0, 1));
            Assert.That(uniform.Average(), Is.EqualTo(0.5).Within(0.005));
        });
    }

    [Test]
    public void Runs_have_chance_of_their_own()
    {
        double[] first = [.. Enumerable.Range(0, 1000).Select(run => new Draw(1, run).Uniform())];

        Assert.That(first.Distinct().Count(), Is.EqualTo(1000));
        Assert.That(first.Average(), Is.EqualTo(0.5).Within(0.05));
        Assert.That(new Draw(2, 1).Uniform(), Is.Not.EqualTo(new Draw(1, 2).Uniform()));
    }

    [TestCase(20, 40, 1000)]
    [TestCase(39, 40, 1000)]
    [TestCase(1, 5000, 1000)]
    [TestCase(20, 40, 1_000_000)]
    [TestCase(1, 5000, 1_000_000)]
    public void Latencies_have_the_median_and_the_quantile_asked_for(int medianMilliseconds, int p95Milliseconds, int atOnce)
    {
        const int all = 1_000_000;
        var draw = new Draw(7, 8);
        var latency = new LatencyDistribution(TimeSpan.FromMilliseconds(medianMilliseconds), TimeSpan.FromMilliseconds(p95Milliseconds));
        int[] buckets = new int[LatencyBuckets.Count];
        for (int i = 0; i < all / atOnce; i++)
        {
            latency.Add(draw, atOnce, 0, buckets);
        }

        double ShareBelow(int milliseconds) =>
            buckets[..(LatencyBuckets.Index(TimeSpan.FromMilliseconds(milliseconds)) + 1)].Sum() / (double)all;
        double inBucketOfMedian = buckets[LatencyBuckets.Index(TimeSpan.FromMilliseconds(medianMilliseconds))] / (double)all;
        Assert.Multiple(() =>
        {
            Assert.That(buckets.Sum(), Is.EqualTo(all));
            Assert.That(ShareBelow(medianMilliseconds), Is.InRange(0.497, 0.503 + inBucketOfMedian));
            Assert.That(ShareBelow(p95Milliseconds), Is.InRange(0.949, 0.951 + inBucketOfMedian));
        });
    }

    [Test]
    public void Few_latencies_and_many_are_of_one_distribution_and_move_alike()
    {
        const int all = 2_000_000;
        var draw = new Draw(1, 3);
        var latency = new LatencyDistribution(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(40));
        int[] few = new int[LatencyBuckets.Count];
        int[] many = new int[LatencyBuckets.Count];
        for (int i = 0; i < all / 100; i++)
        {
            latency.Add(draw, 100, 35, few);
        }

        latency.Add(draw, all, 35, many);

        double square = 0;
        int cells = 0;
        foreach (var (a, b) in few.Zip(many).Where(pair => pair.First + pair.Second > 20))
        {
            square += Math.Pow(a - b, 2) / (a + b);
            cells++;
        }

        Assert.That(square, Is.LessThan(Most(cells)));
    }

    [Test]
    public void The_normal_distribution_is_that_of_the_tables()
    {
        Assert.Multiple(() =>
        {
            Assert.That(NormalDistribution.Below(0), Is.EqualTo(0.5).Within(1e-6));
            Assert.That(NormalDistribution.Below(1.6448536269514722), Is.EqualTo(0.95).Within(1e-6));
            Assert.That(NormalDistribution.Below(-2.5758293035489004), Is.EqualTo(0.005).Within(1e-7));
        });
    }

    [Test]
    public void A_wobble_has_mean_1_and_the_deviation_asked_for()
    {
        var wobble = new Wobble(0.3, new Draw(9, 1));
        double[] factors = [.. Enumerable.Range(0, 10 * Draws).Select(_ => wobble.Next())];
        double mean = factors.Average();
        double variance = factors.Average(x => (x - mean) * (x - mean));
        double covariance = factors.Zip(factors.Skip(1)).Average(pair => (pair.First - mean) * (pair.Second - mean));

        Assert.Multiple(() =>
        {
            Assert.That(mean, Is.EqualTo(1).Within(0.01));
            Assert.That(Math.Sqrt(variance), Is.EqualTo(0.3).Within(0.01));
            Assert.That(covariance / variance, Is.EqualTo(0.9).Within(0.02));
            Assert.That(new Wobble(0, new Draw(1, 1)).Next(), Is.EqualTo(1));
        });
    }

    [Test]
    public void Of_each_hundred_requests_exactly_the_weight_goes_to_the_canary()
    {
        var blocks = new PermutedBlocks(new Draw(1, 1));
        var draw = new Draw(2, 1);
        long requests = 0;
        long canary = 0;
        var firstHalves = new HashSet<int>();
        while (requests < 100_000)
        {
            int first = draw.Below(300);
            int toCanary = blocks.Next(first, 25);
            firstHalves.Add(toCanary);
            canary += toCanary + blocks.Next(300 - first, 25);
            requests += 300;
            Assert.That(canary, Is.EqualTo(requests / 4));
        }

        Assert.That(firstHalves, Has.Count.GreaterThan(20), "in random order");
        Assert.That(new PermutedBlocks(draw).Next(1_000_000, 100), Is.EqualTo(1_000_000));
        Assert.That(new PermutedBlocks(draw).Next(1_000, 0), Is.Zero);
    }

    private static void AssertFits(Func<int> next, Func<int, double> probability, int least, int most)
    {
        var counts = Enumerable.Range(0, Draws).Select(_ => next()).CountBy(value => value).ToDictionary();
        Assert.That(counts.Keys, Is.All.InRange(least, most));
        var (square, cells, rest, expectedRest) = (0.0, 0, 0, 1.0);
        foreach (var (value, count) in counts)
        {
            double expected = probability(value);
            if (expected * Draws < 10)
            {
                rest += count;
                continue;
            }

            cells++;
            expectedRest -= expected;
            square += Math.Pow(count - (expected * Draws), 2) / (expected * Draws);
        }

        Assert.That(square, Is.LessThan(Most(Math.Max(1, cells))));
        Assert.That(rest, Is.EqualTo(expectedRest * Draws).Within(20 + (8 * Math.Sqrt(Math.Max(0, expectedRest * Draws)))));
    }
}
