namespace ModelOperator.Analysis.Tests;

/// <summary>How often the intervals ever fail, not sampled but added up over all courses.</summary>
public class RateSequenceTests
{
    private const int Trials = 400;

    [Test]
    public void A_rate_is_ever_outside_its_intervals_with_at_most_the_stated_chance(
        [Values(0.0, 0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 0.8, 0.999, 1.0)] double rate, [Values(0.2, 0.05, 0.01)] double errorRate)
    {
        Assert.That(ChanceOfEverFailing(_ => rate, errorRate), Is.LessThanOrEqualTo(errorRate));
    }

    /// <summary>
    /// For the average of rates that move the proof holds at any one time only; over all times this is what was seen.
    /// </summary>
    [TestCase("rising", 0.05)]
    [TestCase("falling", 0.05)]
    [TestCase("jump up", 0.05)]
    [TestCase("jump down", 0.05)]
    [TestCase("day and night", 0.05)]
    [TestCase("exploding", 0.05)]
    [TestCase("rising", 0.01)]
    [TestCase("jump down", 0.01)]
    [TestCase("day and night", 0.01)]
    public void So_is_the_average_of_a_rate_that_moves(string course, double errorRate)
    {
        double Rate(int trial) => course switch
        {
            "rising" => 0.001 + (0.998 * trial / Trials),
            "falling" => 0.999 - (0.998 * trial / Trials),
            "jump up" => trial < Trials / 2 ? 0.001 : 0.5,
            "jump down" => trial < Trials / 10 ? 0.5 : 0.0005,
            "day and night" => 0.1 * Math.Pow(2, Math.Sin(trial / 20.0)),
            _ => Math.Min(0.9, 1e-3 * Math.Exp(trial / 40.0)),
        };
        Assert.That(ChanceOfEverFailing(Rate, errorRate), Is.LessThanOrEqualTo(errorRate));
    }

    [Test]
    public void Nothing_is_known_before_the_first_trial()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RateSequence.Of(0, 0, 0.05), Is.EqualTo(new Interval(0, 1)));
            Assert.That(RateSequence.Difference(0, 0, 0, 0, 0.05), Is.EqualTo(new Interval(-1, 1)));
        });
    }

    [Test, CancelAfter(10_000)]
    public void What_rounding_puts_outside_is_taken_for_the_border(
        [Values(-1e-9, -1e18, 10.000001, 1e300)] double bad)
    {
        var expected = RateSequence.Of(bad < 0 ? 0 : 10, 10, 0.05);
        Assert.That(RateSequence.Of(bad, 10, 0.05), Is.EqualTo(expected));
    }

    [Test]
    public void More_trials_of_the_same_rate_narrow_the_interval([Values(0.01, 0.2)] double rate)
    {
        double[] widths = [.. new[] { 100.0, 1e4, 1e6, 1e9, 1e12, 1e15 }
            .Select(total => RateSequence.Of(rate * total, total, 0.01))
            .Select(i => i.High - i.Low)];
        Assert.That(widths, Is.Ordered.Descending);
        Assert.That(widths, Is.All.GreaterThan(0));
    }

    private static double ChanceOfEverFailing(Func<int, double> rate, double errorRate)
    {
        double failed = 0;
        double sum = 0;
        double[] chances = [1];
        for (int total = 1; total <= Trials; total++)
        {
            double p = rate(total - 1);
            sum += p;
            double[] next = new double[total + 1];
            for (int bad = 0; bad < total; bad++)
            {
                next[bad] += chances[bad] * (1 - p);
                next[bad + 1] += chances[bad] * p;
            }

            for (int bad = 0; bad <= total; bad++)
            {
                // What is too unlikely to matter is not worth an interval.
                if (next[bad] < 1e-12)
                {
                    continue;
                }

                var interval = RateSequence.Of(bad, total, errorRate);
                if (sum / total < interval.Low || sum / total > interval.High)
                {
                    failed += next[bad];
                    next[bad] = 0;
                }
            }

            chances = next;
        }

        return failed;
    }
}
