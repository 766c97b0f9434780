using System.Globalization;

namespace ModelOperator.Analysis;

/// <summary>Says a verdict with its figures, for people.</summary>
public static class Sentence
{
    /// <summary>What is added where nothing is decided by it.</summary>
    public const string WarnsOnly = "; this guardrail only warns";

    /// <summary>The sentence.</summary>
    public static string Of(Measure measure, Criterion criterion, GuardrailEvidence evidence, Judgement judgement, Judge judge)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(judgement);
        ArgumentNullException.ThrowIfNull(judge);
        var counts = evidence.Total;
        string figures = criterion.IsLimit
            ? $"{Counts(counts.Canary)} {measure.Bad}"
            : $"{Counts(counts.Canary)} {measure.Bad} against {Counts(counts.Stable)}";
        string allowed = criterion.IsLimit
            ? $"the limit of {Percent(criterion.Value)} {measure.Bad}"
            : $"the margin of {Points(criterion.Value)}";
        string where = Where(criterion, judgement.Interval);
        string harm = criterion.IsLimit ? $"canary is beyond {allowed}" : $"canary {Worse(measure, counts)}";
        bool isPlain = criterion is { IsLimit: false, Value: 0 };
        string otherwise = isPlain ? "under no difference" : $"if it were within {(criterion.IsLimit ? "the limit" : allowed)}";
        return judgement.Verdict switch
        {
            Verdict.Harmful => $"{harm}: {figures}; {where}; {Odds(judgement.HarmOdds)} {otherwise}",
            Verdict.Safe when isPlain => $"canary is better than stable: {figures}; {where}; {Odds(judgement.SafetyOdds)} if it were not",
            Verdict.Safe => $"canary is within {allowed}: {figures}; {where}; {Odds(judgement.SafetyOdds)} if it were worse than that",
            Verdict.NoData => $"no {measure.Trials} of {Missing(criterion, counts)} yet",
            Verdict.Inconclusive => $"the data could not tell in time: {figures}; {where}; {Progress(judgement, judge)}",
            _ => $"not decided yet: {figures}; {where}; {Progress(judgement, judge)}",
        };
    }

    /// <summary>Odds as 1 in N.</summary>
    public static string Odds(double odds) => odds switch
    {
        < 10 => $"1 in {Math.Max(1, odds):0.0}",
        < 1e9 => $"1 in {Round(odds):N0}",
        _ => "less than 1 in 1,000,000,000",
    };

    /// <summary>The interval in words: of the difference in points, or of the rate in percent.</summary>
    public static string Where(Criterion criterion, Interval interval) => criterion.IsLimit
        ? $"rate {(100 * interval.Low).ToString(Digits(interval))} to {(100 * interval.High).ToString(Digits(interval))} %"
        : $"difference {Signed(interval)} points";

    /// <summary>From where to where, in hundredths.</summary>
    internal static string Signed(Interval interval)
    {
        string digits = Digits(interval);
        string format = $"+{digits};-{digits};{digits}";
        return $"{(100 * interval.Low).ToString(format)} to {(100 * interval.High).ToString(format)}";
    }

    // As many as tell the ends apart.
    private static string Digits(Interval interval) => (interval.High - interval.Low) switch
    {
        < 0.0002 => "0.000",
        < 0.002 => "0.00",
        _ => "0.0",
    };

    internal static string Progress(Judgement judgement, Judge judge) =>
        $"evidence of harm {Odds(judgement.HarmOdds)}, decided at {Odds(1 / judge.HarmErrorRate)}; "
        + $"of safety {Odds(judgement.SafetyOdds)}, decided at {Odds(1 / judge.SafetyErrorRate)}";

    // Pooled over time the difference can point the other way than the evidence, which compares block by block.
    private static string Worse(Measure measure, Block counts) => counts.Canary.Rate > counts.Stable.Rate
        ? string.Format(CultureInfo.InvariantCulture, measure.Worse, Points(counts.Canary.Rate - counts.Stable.Rate))
        : $"has more {measure.Bad} in the same intervals";

    private static string Missing(Criterion criterion, Block counts) => counts switch
    {
        { Canary.Total: 0, Stable.Total: 0 } when !criterion.IsLimit => "either revision",
        { Canary.Total: 0 } => "the canary",
        _ => "the stable revision",
    };

    private static string Counts(ArmCounts arm) => string.Create(CultureInfo.InvariantCulture, $"{arm.Bad:N0} of {arm.Total:N0}");

    // A difference that is small because bad answers are rare is still one.
    private static string Points(double rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(100 * rate).ToString(rate is > 0 and < 0.00095 ? "0.0##" : "0.#")} {(Math.Abs((100 * rate) - 1) < 0.05 ? "point" : "points")}");

    private static string Percent(double rate) => string.Create(CultureInfo.InvariantCulture, $"{100 * rate:0.##} %");

    // Two digits are all the evidence deserves.
    private static double Round(double odds)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(odds)) - 1);

        // 1/alpha may come out a last digit below the round number it is.
        return Math.Floor(odds / unit * (1 + 1e-12)) * unit;
    }
}
