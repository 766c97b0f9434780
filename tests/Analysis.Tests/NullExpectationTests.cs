namespace ModelOperator.Analysis.Tests;

/// <summary>
/// What validity rests on, by complete enumeration: whichever point of the null is the truth, the e-values that are bet on have expectation
/// 1 at most. The highest expectation is searched for by brute force, over the whole null and along its border, and is 1: nothing is given
/// away.
/// </summary>
public class NullExpectationTests
{
    private const double Slack = 1e-12;

    private static readonly double[] Grid = [0, 1e-6, 0.001, 0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.999, 1];

    [Test]
    public void No_pair_of_rates_in_the_null_of_a_margin_makes_a_bet_favourable(
        [Values] Hypothesis hypothesis,
        [Values(0.0, 0.02, 0.25, 0.9)] double margin,
        [Values(0.0002, 0.01, 0.3, 0.95)] double baseRate)
    {
        foreach (var (canary, stable) in new[] { (1, 1), (1, 9), (6, 2), (4, 5) })
        {
            Block[] blocks = [.. Outcomes.Of(canary, stable)];
            double[][] values = [.. blocks.Select(block => Values(hypothesis, Criterion.Margin(margin), baseRate, block))];
            foreach (var truth in from c in Grid
                                  from s in Grid
                                  let pair = new Rates(c, s)
                                  where pair.InNull(hypothesis, margin)
                                  select pair)
            {
                double[] expectations = new double[EffectSizes.Count];
                for (int i = 0; i < blocks.Length; i++)
                {
                    double probability = Outcomes.Probability(blocks[i], truth);
                    for (int effect = 0; effect < expectations.Length; effect++)
                    {
                        expectations[effect] += probability * values[i][effect];
                    }
                }

                Assert.That(expectations, Has.All.LessThanOrEqualTo(1 + Slack), $"{truth}, blocks of {canary} and {stable}");
            }

            for (int effect = 0; effect < EffectSizes.Count; effect++)
            {
                double Expectation(double s) =>
                    blocks.Select((block, i) => Outcomes.Probability(block, new Rates(s + margin, s)) * values[i][effect]).Sum();
                var (_, highest) = GoldenSection.Highest(Expectation, 0, 1 - margin);
                Assert.That(highest, Is.EqualTo(1).Within(Slack), $"along the border, blocks of {canary} and {stable}, effect {effect}");
            }
        }
    }

    [Test]
    public void No_rate_within_a_limit_makes_a_bet_favourable(
        [Values] Hypothesis hypothesis, [Values(0.0, 1e-12, 1e-7, 0.01, 0.05, 0.5, 0.999)] double limit, [Values(1, 4, 20)] int trials)
    {
        Dictionary<Block, double[]> values = Outcomes.Of(trials, 0)
            .ToDictionary(block => block, block => Values(hypothesis, Criterion.Limit(limit), 0.5, block));
        double[] rates = hypothesis == Hypothesis.Harm ? [.. Grid.Where(p => p <= limit), limit] : [.. Grid.Where(p => p >= limit), limit];
        for (int effect = 0; effect < EffectSizes.Count; effect++)
        {
            foreach (double rate in rates)
            {
                double expectation = Outcomes.Expectation(trials, 0, new Rates(rate, 0), block => values[block][effect]);
                Assert.That(expectation, Is.LessThanOrEqualTo(1 + Slack), $"rate {rate}, effect {effect}");
            }
        }
    }

    /// <summary>Where the alternative, the limit and the least rate there is lie in any order.</summary>
    [Test]
    public void Rates_as_good_as_none_do_not_make_a_bet_favourable(
        [Values] Hypothesis hypothesis,
        [Values(0.0, 3e-10, 1e-9, 5e-9)] double limit,
        [Values(1e-10, 5e-10, 1e-9, 2e-9, 1e-8)] double alternative)
    {
        // Over so many trials what is above 1 by a billionth would be far above it.
        const double Trials = 1e10;
        double bad = EValue.LogOneSample(hypothesis, limit, alternative, new ArmCounts(1, 1));
        double good = EValue.LogOneSample(hypothesis, limit, alternative, new ArmCounts(0, 1));
        foreach (double rate in hypothesis == Hypothesis.Harm ? new[] { 0, limit / 2, limit } : [limit, 2 * limit, 1e-8, 1e-6])
        {
            double log = Trials * Math.Log(1 + (rate * (Math.Exp(bad) - 1)) + ((1 - rate) * (Math.Exp(good) - 1)));
            Assert.That(log, Is.LessThanOrEqualTo(1e-5), $"rate {rate}");
        }
    }

    [Test]
    public void Swapping_the_arms_and_good_for_bad_changes_no_e_value(
        [Values] Hypothesis hypothesis, [Values(0.0, 0.02, 0.4)] double margin)
    {
        foreach (var alternative in from c in Grid
                                    where c is >= 0.001 and <= 0.999
                                    from s in Grid
                                    where s is >= 0.001 and <= 0.999
                                    select new Rates(c, s))
        {
            foreach (var block in Outcomes.Of(4, 7))
            {
                // The difference of the bad rates is the difference of the good rates the other way round.
                var mirrored = new Block(Good(block.Stable), Good(block.Canary));
                double log = EValue.Log(hypothesis, margin, new Rates(1 - alternative.Stable, 1 - alternative.Canary), mirrored);
                Assert.That(EValue.Log(hypothesis, margin, alternative, block), Is.EqualTo(log).Within(1e-9), $"{alternative} {block}");
            }
        }
    }

    private static ArmCounts Good(ArmCounts arm) => new(arm.Total - arm.Bad, arm.Total);

    private static double[] Values(Hypothesis hypothesis, Criterion criterion, double baseRate, Block block)
    {
        double[] logs = new double[EffectSizes.Count];
        Bets.Place(hypothesis, criterion, baseRate, block, logs);
        return Array.ConvertAll(logs, Math.Exp);
    }
}
