namespace ModelOperator.Analysis;

/// <summary>Turns evidence into a verdict. The error rates hold over the whole rollout, however often one looks.</summary>
/// <param name="HarmErrorRate">Share of canaries within the margin that may be found harmful.</param>
/// <param name="SafetyErrorRate">Share of canaries beyond the margin that may be found safe.</param>
public sealed record Judge(double HarmErrorRate, double SafetyErrorRate)
{
    /// <summary>A judge of one of several guardrails: the error rates of a rollout are shared out over them.</summary>
    public static Judge ForGuardrails(int confidencePercent, int guardrails)
    {
        double errorRate = (100 - confidencePercent) / 100.0 / guardrails;
        return new Judge(errorRate, errorRate);
    }

    /// <summary>Judges.</summary>
    /// <param name="evidence">What is known.</param>
    /// <param name="isLast">Whether this is the last word: what is not decided then is inconclusive.</param>
    public Judgement Of(GuardrailEvidence evidence, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        double harmThreshold = -Math.Log(HarmErrorRate);
        return new Judgement(
            VerdictOf(evidence, harmThreshold, isLast),
            evidence.Harm.LogValue() >= harmThreshold / 2,
            Math.Exp(evidence.Harm.LogPeak),
            Math.Exp(evidence.Safety.LogPeak));
    }

    private Verdict VerdictOf(GuardrailEvidence evidence, double harmThreshold, bool isLast)
    {
        if (evidence.Harm.LogPeak >= harmThreshold)
        {
            return Verdict.Harmful;
        }

        if (evidence.Safety.LogPeak >= -Math.Log(SafetyErrorRate))
        {
            return Verdict.Safe;
        }

        if (evidence.Total is { Canary.Total: 0 } or { Stable.Total: 0 })
        {
            return Verdict.NoData;
        }

        return isLast ? Verdict.Inconclusive : Verdict.Continue;
    }
}
