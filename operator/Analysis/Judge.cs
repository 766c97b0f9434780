namespace ModelOperator.Analysis;

/// <summary>Turns evidence into a verdict. The error rates hold over the whole rollout, however often one looks.</summary>
/// <param name="HarmErrorRate">Share of canaries within the margin that may be found harmful.</param>
/// <param name="SafetyErrorRate">Share of canaries beyond the margin that may be found safe.</param>
public sealed record Judge(double HarmErrorRate, double SafetyErrorRate)
{
    // 1 in 20 by the last blocks alone: no verdict, but no moment to promote either.
    private static readonly double RecentSuspicion = Math.Log(20);

    /// <summary>
    /// A judge of one of several guardrails. One false alarm among them rolls a canary back, so the error rate for harm is shared out over
    /// them. A promotion needs all of them safe, so a canary that is bad by one is promoted only if that one errs: the error rate for
    /// safety need not be shared (an intersection-union test; Berger, "Multiparameter hypothesis testing and acceptance sampling", 1982).
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
            evidence.Harm.LogPeak,
            evidence.LogSafety(criterion),
            criterion.IsMetBy(evidence.Total),
            IsSuspicious(evidence.LogHarm()) || evidence.LogRecentHarm(criterion) >= RecentSuspicion,
            evidence.Interval(criterion, HarmErrorRate),
            isLast,
            criterion.Value);
    }

    /// <summary>Judges means.</summary>
    public Judgement Of(MeanEvidence evidence, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Of(
            evidence.Harm.LogPeak, evidence.Safety.LogPeak, evidence.Blocks > 0, IsSuspicious(evidence.Harm.LogValue(evidence.Factor())),
            evidence.Interval(HarmErrorRate), isLast);
    }

    /// <summary>Judges pairs.</summary>
    public Judgement Of(PairedEvidence evidence, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Of(
            evidence.Harm.LogPeak, evidence.Safety.LogPeak, evidence.Pairs > 0, IsSuspicious(evidence.Harm.LogValue()),
            evidence.Interval(HarmErrorRate), isLast);
    }

    private bool IsSuspicious(double logHarm) => logHarm >= -Math.Log(HarmErrorRate) / 2;

    private Judgement Of(
        double logHarm, double logSafety, bool hasData, bool isSuspicious, Interval interval, bool isLast, double? border = null)
    {
        var verdict = logHarm >= -Math.Log(HarmErrorRate) ? Verdict.Harmful
            : logSafety >= -Math.Log(SafetyErrorRate) ? Verdict.Safe
            : !hasData ? Verdict.NoData
            : isLast ? Verdict.Inconclusive
            : Verdict.Continue;
        return new Judgement(
            verdict, isSuspicious, Math.Exp(logHarm), Math.Exp(Math.Max(0, logSafety)), Agreeing(interval, verdict, border));
    }

    // A verdict says on which side of the border the difference is, and its test knows more than the interval, which pools what came at
    // different weights.
    private static Interval Agreeing(Interval interval, Verdict verdict, double? border) => (verdict, border) switch
    {
        (Verdict.Harmful, { } least) => new Interval(Math.Max(interval.Low, least), Math.Max(interval.High, least)),
        (Verdict.Safe, { } most) => new Interval(Math.Min(interval.Low, most), Math.Min(interval.High, most)),
        _ => interval,
    };
}
