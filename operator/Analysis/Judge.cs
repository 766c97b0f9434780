namespace ModelOperator.Analysis;

/// <summary>Turns evidence into a verdict. The error rates hold over the whole rollout, however often one looks.</summary>
/// <param name="HarmErrorRate">Share of canaries within the margin that may be found harmful.</param>
/// <param name="SafetyErrorRate">Share of canaries beyond the margin that may be found safe.</param>
public sealed record Judge(double HarmErrorRate, double SafetyErrorRate)
{
    /// <summary>
    /// A judge of one of several guardrails. One false alarm among them rolls a canary back, so the error rate for harm is shared out over them.
    /// A promotion needs all of them safe, so a canary that is bad by one is promoted only if that one errs: the error rate for safety need not
    /// be shared (an intersection-union test; Berger, "Multiparameter hypothesis testing and acceptance sampling", 1982).
    /// </summary>
    public static Judge ForGuardrails(int confidencePercent, int guardrails)
    {
        double errorRate = (100 - confidencePercent) / 100.0;
        return new Judge(errorRate / guardrails, errorRate);
    }

    /// <summary>Judges counts.</summary>
    /// <param name="evidence">What is known.</param>
    /// <param name="criterion">What the evidence was gathered for.</param>
    /// <param name="isLast">Whether this is the last word: what is not decided then is inconclusive.</param>
    public Judgement Of(GuardrailEvidence evidence, Criterion criterion, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Of(
            evidence.Harm,
            evidence.Latency is { IsInDoubt: true } ? evidence.Safety with { LogPeak = 0 } : evidence.Safety,
            criterion.IsMetBy(evidence.Total),
            evidence.Dispersion.Temper(evidence.Harm with { LogPeak = 0 }, Hypothesis.Harm),
            evidence.Interval(criterion, HarmErrorRate),
            isLast);
    }

    /// <summary>Judges means.</summary>
    public Judgement Of(MeanEvidence evidence, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Of(evidence.Harm, evidence.Safety, evidence.Blocks > 0, evidence.Harm.LogValue(evidence.Factor()), evidence.Interval(HarmErrorRate), isLast);
    }

    /// <summary>Judges pairs.</summary>
    public Judgement Of(PairedEvidence evidence, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Of(evidence.Harm, evidence.Safety, evidence.Pairs > 0, evidence.Harm.LogValue(), evidence.Interval(HarmErrorRate), isLast);
    }

    private Judgement Of(EProcess harm, EProcess safety, bool hasData, double harmNow, Interval interval, bool isLast)
    {
        double harmThreshold = -Math.Log(HarmErrorRate);
        var verdict = harm.LogPeak >= harmThreshold ? Verdict.Harmful
            : safety.LogPeak >= -Math.Log(SafetyErrorRate) ? Verdict.Safe
            : !hasData ? Verdict.NoData
            : isLast ? Verdict.Inconclusive
            : Verdict.Continue;
        return new Judgement(verdict, harmNow >= harmThreshold / 2, Math.Exp(harm.LogPeak), Math.Exp(safety.LogPeak), interval);
    }
}
