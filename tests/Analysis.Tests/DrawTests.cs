using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Analysis.Tests;

/// <summary>The benchmarks' random draws: what they measure is worth no more than these.</summary>
public class DrawTests
{
    private const int Draws = 100_000;

    /// <summary>
    /// Chi-square against the exact probabilities, its tails lumped to five expected draws at least; five standard deviations allowed.
    /// </summary>
    [TestCase(1, 0.3)]
    [TestCase(5, 0.5)]
    [TestCase(50, 0.01)]
    [TestCase(50, 0.97)]
    [TestCase(450, 0.0004)]
    [TestCase(450, 0.05)]
    [TestCase(1000, 0.5)]
    [TestCase(1800, 0.011)]
    public void Binomial_draws_are_distributed_as_they_should_be(int trials, double rate)
    {
        var draw = new Draw(20_261_121);
        int[] seen = new int[trials + 1];
        for (int i = 0; i < Draws; i++)
        {
            seen[draw.Binomial(trials, rate)]++;
        }

        double[] expected = Probabilities(trials, rate);
        double statistic = 0;
        int cells = 0;
        var (observedCell, expectedCell) = (0.0, 0.0);
        for (int bad = 0; bad <= trials; bad++)
        {
            observedCell += seen[bad];
            expectedCell += Draws * expected[bad];
            double left = Draws * expected.Skip(bad + 1).Sum();
            if ((expectedCell >= 5 && left >= 5) || bad == trials)
            {
                statistic += (observedCell - expectedCell) * (observedCell - expectedCell) / expectedCell;
                cells++;
                (observedCell, expectedCell) = (0, 0);
            }
        }

        Assert.That(expected.Sum(), Is.EqualTo(1).Within(1e-9));
        Assert.That(Math.Abs(statistic - (cells - 1)), Is.LessThan(5 * Math.Sqrt(2 * Math.Max(1, cells - 1))), $"{cells} cells");
    }

    [TestCase(50, 0.01)]
    [TestCase(450, 0.2)]
    [TestCase(65_536, 0.001)]
    public void Binomial_draws_have_the_mean_and_variance_they_should_have(int trials, double rate)
    {
        var draw = new Draw(7);
        double[] draws = [.. Enumerable.Range(0, Draws).Select(_ => (double)draw.Binomial(trials, rate))];
        double variance = trials * rate * (1 - rate);
        double mean = draws.Average();
        Assert.Multiple(() =>
        {
            Assert.That(mean, Is.EqualTo(trials * rate).Within(5 * Math.Sqrt(variance / Draws)));
            Assert.That(
                draws.Average(x => (x - mean) * (x - mean)),
                Is.EqualTo(variance).Within(5 * variance * Math.Sqrt((2 + (1 / variance)) / Draws)));
        });
    }

    [Test]
    public void Rates_that_leave_no_choice_are_not_drawn()
    {
        var draw = new Draw(1);
        Assert.Multiple(() =>
        {
            Assert.That(draw.Binomial(0, 0.5), Is.Zero);
            Assert.That(draw.Binomial(10, 0), Is.Zero);
            Assert.That(draw.Binomial(10, -1), Is.Zero);
            Assert.That(draw.Binomial(10, 1), Is.EqualTo(10));
            Assert.That(draw.Binomial(10, 1.5), Is.EqualTo(10));
        });
    }

    [Test]
    public void Normal_draws_are_normal()
    {
        var draw = new Draw(11);
        double[] draws = [.. Enumerable.Range(0, Draws).Select(_ => draw.Normal())];
        Assert.Multiple(() =>
        {
            Assert.That(draws.Average(), Is.Zero.Within(5 / Math.Sqrt(Draws)));
            Assert.That(draws.Average(x => x * x), Is.EqualTo(1).Within(5 * Math.Sqrt(2.0 / Draws)));
            Assert.That(draws.Average(x => x * x * x * x), Is.EqualTo(3).Within(5 * Math.Sqrt(96.0 / Draws)));
            foreach (var (z, tail) in new[] { (1.0, 0.158655254), (2.0, 0.022750132), (3.0, 0.001349898) })
            {
                Assert.That(draws.Count(x => x > z) / (double)Draws, Is.EqualTo(tail).Within(5 * Math.Sqrt(tail / Draws)));
                Assert.That(draws.Count(x => x < -z) / (double)Draws, Is.EqualTo(tail).Within(5 * Math.Sqrt(tail / Draws)));
            }
        });
    }

    [Test]
    public void The_same_seed_draws_the_same()
    {
        int[] Ten(int seed)
        {
            var draw = new Draw(seed);
            return [.. Enumerable.Range(0, 10).Select(_ => draw.Binomial(1000, 0.3))];
        }

        int[] first = Ten(5);
        Assert.That(Ten(5), Is.EqualTo(first));
        Assert.That(Ten(6), Is.Not.EqualTo(first));
    }

    private static double[] Probabilities(int trials, double rate)
    {
        double[] logs = new double[trials + 1];
        logs[0] = trials * Math.Log(1 - rate);
        for (int bad = 1; bad <= trials; bad++)
        {
            logs[bad] = logs[bad - 1] + Math.Log((double)(trials - bad + 1) / bad * rate / (1 - rate));
        }

        return Array.ConvertAll(logs, Math.Exp);
    }
}
