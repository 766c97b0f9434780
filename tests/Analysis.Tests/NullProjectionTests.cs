using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

public class NullProjectionTests
{
    /// <summary>No point of the border, looked for by brute force, is nearer than the one Newton's steps arrive at.</summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 1000)]
    public Property Nothing_on_the_border_is_nearer() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var nearest = NullProjection.Project(c.Alternative, c.Margin, c.Canary, c.Stable);
        double share = c.Canary / ((double)c.Canary + c.Stable);
        double Divergence(double stable) =>
            (share * Of(c.Alternative.Canary, stable + c.Margin)) + ((1 - share) * Of(c.Alternative.Stable, stable));
        var (_, highest) = GoldenSection.Highest(s => -Divergence(s), 1e-12, 1 - c.Margin - 1e-12);
        double found = Divergence(nearest.Stable);
        return (found <= -highest + 1e-12 && Math.Abs(nearest.Canary - nearest.Stable - c.Margin) < 1e-15)
            .Label($"{nearest}: {found:R}, by brute force {-highest:R}, {c}");
    });

    /// <summary>The conditions under which it is the nearest: no direction along the border leads nearer.</summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 2000)]
    public Property The_slope_there_is_none() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var (canary, stable) = NullProjection.Project(c.Alternative, c.Margin, c.Canary, c.Stable);
        double canaryPart = c.Canary * (canary - c.Alternative.Canary) / (canary * (1 - canary));
        double stablePart = c.Stable * (stable - c.Alternative.Stable) / (stable * (1 - stable));
        return (Math.Abs(canaryPart + stablePart) <= 1e-7 * (Math.Abs(canaryPart) + Math.Abs(stablePart)))
            .Label($"{canaryPart:R} {stablePart:R} {c}");
    });

    [Test]
    public void Only_the_shares_of_the_arms_matter([Values(0.0, 0.02, 0.3)] double margin, [Values(10, 1000, 1_000_000_000)] long times)
    {
        var alternative = new Rates(0.6, 0.1);
        var (canary, stable) = NullProjection.Project(alternative, margin, 3, 7);
        var many = NullProjection.Project(alternative, margin, 3 * times, 7 * times);
        Assert.That(many.Canary, Is.EqualTo(canary).Within(1e-13));
        Assert.That(many.Stable, Is.EqualTo(stable).Within(1e-13));
    }

    private static double Of(double p, double q) => (p * Math.Log(p / q)) + ((1 - p) * Math.Log((1 - p) / (1 - q)));

    private static Gen<Case> Cases() =>
        (from canary in Gen.Choose(1, 999)
         from stable in Gen.Choose(1, 999)
         from margin in Gen.Elements(0.0, 0.01, 0.05, 0.3, 0.8)
         from canaryTrials in Gen.Elements(1L, 3L, 50L, 2000L)
         from stableTrials in Gen.Elements(1L, 5L, 450L, 18_000L)
         select new Case(new Rates(canary / 1000.0, stable / 1000.0), margin, canaryTrials, stableTrials))
        .Where(c => Math.Abs(c.Alternative.Canary - c.Alternative.Stable - c.Margin) > 1e-6);

    private sealed record Case(Rates Alternative, double Margin, long Canary, long Stable);
}
