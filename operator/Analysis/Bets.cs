using System.Runtime.Intrinsics;

namespace ModelOperator.Analysis;

/// <summary>The alternatives bet on: from the border of the null away by every effect size, on the scale of odds.</summary>
internal static class Bets
{
    /// <summary>Logarithms of a block's e-values, one for every effect size: <see cref="EValue"/> for all of them at once.</summary>
    /// <param name="hypothesis">What is tested.</param>
    /// <param name="criterion">What the canary is held against.</param>
    /// <param name="baseRate">Stable's bad rate, known from earlier blocks alone; not looked at with a limit.</param>
    /// <param name="block">The counts.</param>
    /// <param name="logs">Where they go.</param>
    public static void Place(Hypothesis hypothesis, Criterion criterion, double baseRate, Block block, Span<double> logs)
    {
        double border = criterion.IsLimit ? criterion.Value : baseRate + criterion.Value;

        // At a border of 0 or 1 the odds are none: what lies beyond is not possible, or any bad answer at all is proof.
        border = Math.Clamp(border, 1e-6, 1 - 1e-6);
        var logOdds = Vector256.Create(Math.Log(border / (1 - border)));
        var direction = Vector256.Create(hypothesis == Hypothesis.Harm ? 1.0 : -1.0);
        Span<double> canary = stackalloc double[EffectSizes.Count];
        Span<double> nearestCanary = stackalloc double[EffectSizes.Count];
        Span<double> nearestStable = stackalloc double[EffectSizes.Count];
        for (int i = 0; i < canary.Length; i += Vector256<double>.Count)
        {
            var effect = Vector256.Create(EffectSizes.LogOdds[i..]);
            (Vector256<double>.One / (Vector256<double>.One + Vector256.Exp(-(logOdds + (direction * effect))))).CopyTo(canary[i..]);
        }

        for (int i = 0; i < canary.Length; i++)
        {
            (nearestCanary[i], nearestStable[i]) = Nearest(hypothesis, criterion, new Rates(canary[i], baseRate), block);
        }

        for (int i = 0; i < logs.Length; i += Vector256<double>.Count)
        {
            var log = LogRatio(block.Canary, Vector256.Create<double>(canary[i..]), Vector256.Create<double>(nearestCanary[i..]));
            if (!criterion.IsLimit)
            {
                log += LogRatio(block.Stable, Vector256.Create(baseRate), Vector256.Create<double>(nearestStable[i..]));
            }

            log.CopyTo(logs[i..]);
        }
    }

    // An alternative inside the null is its own nearest point, which makes its e-value 1.
    private static Rates Nearest(Hypothesis hypothesis, Criterion criterion, Rates alternative, Block block)
    {
        if (!criterion.IsLimit)
        {
            return alternative.InNull(hypothesis, criterion.Value)
                ? alternative
                : NullProjection.Project(alternative, criterion.Value, block.Canary.Total, block.Stable.Total);
        }

        bool isInNull = hypothesis == Hypothesis.Harm ? alternative.Canary <= criterion.Value : alternative.Canary >= criterion.Value;
        return alternative with { Canary = isInNull ? alternative.Canary : EValue.NearestToLimit(criterion.Value, alternative.Canary) };
    }

    private static Vector256<double> LogRatio(ArmCounts arm, Vector256<double> alternative, Vector256<double> nearest) =>
        (Vector256.Create((double)arm.Bad) * Vector256.Log(alternative / nearest))
        + (Vector256.Create((double)(arm.Total - arm.Bad))
            * Vector256.Log((Vector256<double>.One - alternative) / (Vector256<double>.One - nearest)));
}
