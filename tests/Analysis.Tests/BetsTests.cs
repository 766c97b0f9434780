using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

/// <summary>All effect sizes at once are the same as the e-value of each, worked out plainly.</summary>
public class BetsTests
{
    private static readonly double[] Shares = [0.0, 1e-12, 1e-7, 0.001, 0.01, 0.02, 0.1, 0.5, 0.9, 0.999];

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 3000)]
    public Property Each_is_the_e_value_of_its_alternative() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        Span<double> logs = stackalloc double[EffectSizes.Count];
        Bets.Place(c.Hypothesis, c.Criterion, c.Base, c.Block, logs);
        for (int effect = 0; effect < logs.Length; effect++)
        {
            var (expected, scale) = Plainly(c.Hypothesis, c.Criterion, c.Base, c.Block, EffectSizes.LogOdds[effect]);
            if (!(Math.Abs(logs[effect] - expected) <= 1e-12 * Math.Max(1, scale)))
            {
                return false.Label($"effect {effect}: {logs[effect]:R} instead of {expected:R}, {c}");
            }
        }

        return true.ToProperty();
    });

    [Test]
    public void Effect_sizes_go_from_a_fifth_to_three_and_a_fifth_in_even_steps_of_the_logarithm()
    {
        double[] effects = EffectSizes.LogOdds.ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(effects[0], Is.EqualTo(0.2).Within(1e-15));
            Assert.That(effects[^1], Is.EqualTo(3.2).Within(1e-14));
            for (int i = 1; i < effects.Length; i++)
            {
                Assert.That(effects[i] / effects[i - 1], Is.EqualTo(1.485994289136948).Within(1e-12));
                Assert.That(EffectSizes.Stakes[i], Is.EqualTo((Math.Exp(effects[i]) - 1) / (Math.Exp(effects[i]) + 1)).Within(1e-15));
            }
        });
    }

    private static (double Log, double Scale) Plainly(
        Hypothesis hypothesis, Criterion criterion, double baseRate, Block block, double effect)
    {
        double border = Math.Clamp(criterion.IsLimit ? criterion.Value : baseRate + criterion.Value, 1e-6, 1 - 1e-6);
        double logOdds = Math.Log(border / (1 - border)) + (hypothesis == Hypothesis.Harm ? effect : -effect);
        var alternative = new Rates(1 / (1 + Math.Exp(-logOdds)), baseRate);
        double log = criterion.IsLimit
            ? EValue.LogOneSample(hypothesis, criterion.Value, alternative.Canary, block.Canary)
            : EValue.Log(hypothesis, criterion.Value, alternative, block);

        // Rates near 1 keep fewer digits of what is missing to it, and where terms cancel the sum has their rounding.
        double trials = block.Canary.Total + (criterion.IsLimit ? 0 : block.Stable.Total);
        double rarest = Math.Min(
            Math.Min(alternative.Canary, 1 - alternative.Canary), criterion.IsLimit ? 1 : Math.Min(baseRate, 1 - baseRate));
        return (log, trials * Math.Max(Math.Log(1 / rarest), 1e-3 / (1 - Math.Max(alternative.Canary, baseRate))));
    }

    private static Gen<Case> Cases() =>
        from hypothesis in Gen.Elements(Hypothesis.Harm, Hypothesis.Safety)
        from isLimit in Gen.Elements(true, false)
        from share in Gen.Elements(Shares)
        from baseRate in Gen.Elements(1e-4, 0.0013, 0.01, 0.05, 0.2, 0.5, 0.77, 0.9999)
        from canary in Counts()
        from stable in Counts()
        select new Case(hypothesis, isLimit ? Criterion.Limit(share) : Criterion.Margin(share), baseRate, new Block(canary, stable));

    private static Gen<ArmCounts> Counts() =>
        from total in Gen.Elements(1L, 2L, 17L, 450L, 100_000L, 1_000_000_000_000L)
        from part in Gen.Choose(0, 1000)
        select new ArmCounts(total / 1000 * part, total);

    private sealed record Case(Hypothesis Hypothesis, Criterion Criterion, double Base, Block Block);
}
