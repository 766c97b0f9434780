using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Analysis.Tests;

public class WobbleTests
{
    private const int Blocks = 200_000;

    [TestCase(0.9, 0.05)]
    [TestCase(0.5, 0.3)]
    [TestCase(0.9, 0.3)]
    public void It_has_mean_one_the_stated_variance_of_the_logarithm_and_fades_as_stated(double persistence, double variance)
    {
        var wobble = new Wobble(persistence, variance, new Draw(3));
        double[] factors = [.. Enumerable.Range(0, Blocks).Select(_ => wobble.Next())];
        double[] logs = Array.ConvertAll(factors, Math.Log);

        // Neighbours tell the same: so many fewer independent ones there are.
        double independent = Blocks * (1 - persistence) / (1 + persistence);
        Assert.Multiple(() =>
        {
            Assert.That(factors.Average(), Is.EqualTo(1).Within(5 * Math.Sqrt((Math.Exp(variance) - 1) / independent)));
            Assert.That(logs.Average(), Is.EqualTo(-variance / 2).Within(5 * Math.Sqrt(variance / independent)));
            Assert.That(Autocovariance(logs, 0), Is.EqualTo(variance).Within(5 * variance * Math.Sqrt(2 / independent)));
            Assert.That(Autocovariance(logs, 1) / Autocovariance(logs, 0), Is.EqualTo(persistence).Within(0.02));
            Assert.That(Autocovariance(logs, 5) / Autocovariance(logs, 0), Is.EqualTo(Math.Pow(persistence, 5)).Within(0.04));
        });
    }

    /// <summary>What the benchmarks claim of their streams, measured on their streams.</summary>
    [TestCase(0.3, 0.9, 0.01, 450)]
    [TestCase(0.3, 0.9, 0.05, 450)]
    [TestCase(0.7, 0.9, 0.05, 1800)]
    [TestCase(0.3, 0.5, 0.05, 450)]
    public void Observed_block_rates_have_the_autocorrelation_asked_for(double autocorrelation, double persistence, double rate, int trials)
    {
        double variance = Wobble.VarianceFor(autocorrelation, persistence, rate, trials);
        var draw = new Draw(9);
        var wobble = new Wobble(persistence, variance, draw);
        double[] rates = [.. Enumerable.Range(0, Blocks).Select(_ => draw.Binomial(trials, rate * wobble.Next()) / (double)trials)];
        Assert.That(Autocovariance(rates, 1) / Autocovariance(rates, 0), Is.EqualTo(autocorrelation).Within(0.03));
    }

    [Test]
    public void Without_variance_nothing_moves()
    {
        Assert.That(Wobble.VarianceFor(0, 0.9, 0.01, 100), Is.Zero);
        var wobble = new Wobble(0.9, 0, new Draw(1));
        Assert.That(Enumerable.Range(0, 10).Select(_ => wobble.Next()), Is.All.EqualTo(1.0));
    }

    [Test]
    public void Where_noise_leaves_no_such_autocorrelation_the_nearest_is_taken()
    {
        // Five trials of one percent are all noise.
        double variance = Wobble.VarianceFor(0.7, 0.9, 0.01, 5);
        double noise = 0.99 / 0.05;
        double Observed(double v) => (Math.Exp(0.9 * v) - 1) / (Math.Exp(v) - 1 + noise);
        Assert.That(Observed(variance), Is.LessThan(0.7));
        Assert.That(Enumerable.Range(1, 5000).Select(i => Observed(i / 1000.0)), Is.All.LessThanOrEqualTo(Observed(variance) + 1e-4));
    }

    [Test]
    public void A_stream_has_the_requests_and_the_shares_it_should_have()
    {
        var stream = new TrafficStream(new Scenario("steady") { Stable = 0.05, Canary = 0.1 }, 50, 0.1, 2);
        var blocks = Enumerable.Range(0, 2000).Select(_ => stream.Next()).ToList();
        var total = blocks.Aggregate((a, b) => a + b);
        Assert.Multiple(() =>
        {
            Assert.That(blocks.Select(b => (b.Canary.Total, b.Stable.Total)), Is.All.EqualTo((50L, 450L)));
            Assert.That(total.Canary.Rate, Is.EqualTo(0.1).Within(5 * Math.Sqrt(0.09 / total.Canary.Total)));
            Assert.That(total.Stable.Rate, Is.EqualTo(0.05).Within(5 * Math.Sqrt(0.0475 / total.Stable.Total)));
        });
    }

    [Test]
    public void A_ladder_of_weights_goes_5_10_25_50_two_hours_each_and_a_day_swings_between_half_and_twice()
    {
        var stream = new TrafficStream(
            new Scenario("swinging") { Stable = 0.1, Canary = 0.1, Swings = true, ChangesWeights = true }, 200, 0.1, 2);
        var blocks = Enumerable.Range(0, TrafficStream.Day).Select(_ => stream.Next()).ToList();
        double Rate(int from) => blocks.Skip(from).Take(100).Aggregate((a, b) => a + b).Stable.Rate;
        Assert.Multiple(() =>
        {
            Assert.That(new[] { 0, 720, 1440, 2160, 2880 }.Select(i => blocks[i].Canary.Total), Is.EqualTo([100, 200, 500, 1000, 100]));
            Assert.That(Rate((TrafficStream.Day / 4) - 50), Is.EqualTo(0.2).Within(0.01));
            Assert.That(Rate((TrafficStream.Day * 3 / 4) - 50), Is.EqualTo(0.05).Within(0.005));
        });
    }

    private static double Autocovariance(double[] values, int lag)
    {
        double mean = values.Average();
        return values.Skip(lag).Zip(values, (late, early) => (late - mean) * (early - mean)).Average();
    }
}
