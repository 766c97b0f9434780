using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

public class EValueTests
{
    private static readonly double[] Grid = [0.0, 0.001, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 0.999, 1.0];

    private static readonly double[] Alternatives = [0.001, 0.02, 0.2, 0.5, 0.8, 0.999];

    [Test]
    public void The_expectation_is_at_most_one_under_every_point_of_the_null(
        [Values(Hypothesis.Harm, Hypothesis.Safety)] Hypothesis hypothesis,
        [Values(0.0, 0.02, 0.3)] double margin,
        [Values(1, 4)] int canaryTrials,
        [Values(1, 7)] int stableTrials)
    {
        foreach (var alternative in from c in Alternatives from s in Alternatives select new Rates(c, s))
        {
            var values = Outcomes.Of(canaryTrials, stableTrials)
                .ToDictionary(block => block, block => Math.Exp(EValue.Log(hypothesis, margin, alternative, block)));
            foreach (var truth in from c in Grid from s in Grid let r = new Rates(c, s) where r.InNull(hypothesis, margin) select r)
            {
                double expectation = Outcomes.Expectation(canaryTrials, stableTrials, truth, block => values[block]);
                Assert.That(expectation, Is.LessThanOrEqualTo(1 + 1e-9), $"alternative {alternative}, truth {truth}");
            }
        }
    }

    [Test]
    public void The_expectation_of_the_logarithm_is_above_zero_where_the_guess_is_right()
    {
        var truth = new Rates(0.3, 0.1);
        double growth = Outcomes.Expectation(20, 20, truth, block => EValue.Log(Hypothesis.Harm, 0.05, truth, block));
        Assert.That(growth, Is.GreaterThan(0.2));
    }

    [Test]
    public void An_alternative_inside_the_null_bets_nothing()
    {
        var block = new Block(new ArmCounts(5, 10), new ArmCounts(1, 10));
        Assert.Multiple(() =>
        {
            Assert.That(EValue.Log(Hypothesis.Harm, 0.1, new Rates(0.15, 0.1), block), Is.Zero);
            Assert.That(EValue.Log(Hypothesis.Safety, 0.1, new Rates(0.3, 0.1), block), Is.Zero);
        });
    }

    [TestCase(0, 10)]
    [TestCase(10, 0)]
    [TestCase(0, 0)]
    public void An_empty_arm_bets_nothing(long canaryTotal, long stableTotal)
    {
        var block = new Block(new ArmCounts(0, canaryTotal), new ArmCounts(0, stableTotal));
        Assert.That(EValue.Log(Hypothesis.Harm, 0, new Rates(0.4, 0.1), block), Is.Zero);
    }

    [Test]
    public void With_no_margin_the_projection_is_the_pooled_rate()
    {
        var nearest = NullProjection.Project(new Rates(0.3, 0.1), 0, 100, 300);
        Assert.Multiple(() =>
        {
            Assert.That(nearest.Canary, Is.EqualTo(0.15).Within(1e-12));
            Assert.That(nearest.Stable, Is.EqualTo(0.15).Within(1e-12));
        });
    }

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 500)]
    public Property More_bad_canary_requests_are_never_less_evidence_of_harm_nor_more_of_safety()
    {
        var blocks = from total in Gen.Choose(1, 500)
                     from bad in Gen.Choose(0, total - 1)
                     from stableTotal in Gen.Choose(1, 500)
                     from stableBad in Gen.Choose(0, stableTotal)
                     from rates in Gen.Elements(Grid.Skip(1).SkipLast(1).ToArray()).Two()
                     from margin in Gen.Elements(0.0, 0.01, 0.05, 0.4)
                     select (total, bad, stableTotal, stableBad, rates: new Rates(rates.Item1, rates.Item2), margin);
        return Prop.ForAll(blocks.ToArbitrary(), b =>
        {
            var stable = new ArmCounts(b.stableBad, b.stableTotal);
            var better = new Block(new ArmCounts(b.bad, b.total), stable);
            var worse = new Block(new ArmCounts(b.bad + 1, b.total), stable);
            return EValue.Log(Hypothesis.Harm, b.margin, b.rates, worse) >= EValue.Log(Hypothesis.Harm, b.margin, b.rates, better)
                && EValue.Log(Hypothesis.Safety, b.margin, b.rates, worse) <= EValue.Log(Hypothesis.Safety, b.margin, b.rates, better);
        });
    }

    [Test]
    public void Huge_and_lopsided_counts_give_finite_evidence()
    {
        long[] sizes = [1, 1000, 1_000_000_000_000];
        foreach (var (canary, stable) in from c in sizes from s in sizes select (c, s))
        {
            foreach (var alternative in
                new[] { new Rates(1e-9, 1e-9), new Rates(1e-6, 0.5), new Rates(0.999999, 1e-6), new Rates(0.5, 0.999999) })
            {
                foreach (var (hypothesis, margin) in from h in Enum.GetValues<Hypothesis>()
                                                     from m in new[] { 0.0, 0.02, 0.5 }
                                                     select (h, m))
                {
                    var block = new Block(new ArmCounts(canary / 2, canary), new ArmCounts(stable / 3, stable));
                    Assert.That(
                        double.IsFinite(EValue.Log(hypothesis, margin, alternative, block)),
                        $"{block} {alternative} {hypothesis} {margin}");
                }
            }
        }
    }
}
