using System.Globalization;
using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>Holds the counts of an evaluation against what is asked of a new revision.</summary>
internal static class EvaluationVerdict
{
    // For the interval that is told; the verdict is on the rows as they are.
    private const double ErrorRate = 0.01;

    /// <summary>Passed or Failed, and why. Needs at least one row.</summary>
    public static (EvaluationState State, string Message) Of(EffectiveEvaluation asked, EvaluationCounts counts)
    {
        double accuracy = 1 - ((double)counts.CanaryWrong / counts.Rows);
        double? drop = counts.StableWrong is { } wrong ? (double)(counts.CanaryWrong - wrong) / counts.Rows : null;
        var missed = new List<string>();
        if (asked.MinAccuracyPercent is { } least && counts.CanaryWrong * 100.0 > counts.Rows * (100.0 - least))
        {
            missed.Add($"accuracy {Percent(accuracy)} is below minAccuracyPercent {least}");
        }

        if (asked.MaxAccuracyDropPercent is { } most && (counts.CanaryWrong - counts.StableWrong) * 100.0 > counts.Rows * (double)most)
        {
            missed.Add($"accuracy is {Points(drop!.Value)} points below stable's, more than maxAccuracyDropPercent {most}");
        }

        if (asked.MaxMilliseconds is { } limit && counts.CanaryLatency is { } latency && latency.TotalMilliseconds > limit)
        {
            missed.Add($"p{asked.QuantilePercent} latency {Milliseconds(latency)} is above maxMilliseconds {limit}");
        }

        string figures = Figures(asked, counts);
        return missed.Count == 0 ? (EvaluationState.Passed, figures) : (EvaluationState.Failed, $"{string.Join("; ", missed)}: {figures}");
    }

    /// <summary>Puts the counts into the status.</summary>
    public static void Describe(EvaluationStatus status, EvaluationCounts counts)
    {
        status.Rows = counts.Rows;
        status.Canary = Arm(counts.CanaryWrong, counts.Rows);
        status.Stable = counts.StableWrong is { } wrong ? Arm(wrong, counts.Rows) : null;
        status.OnlyCanaryWrong = counts.StableWrong is null ? null : counts.OnlyCanaryWrong;
        status.OnlyStableWrong = counts.StableWrong is null ? null : counts.OnlyStableWrong;
        status.CanaryLatency = counts.CanaryLatency is { } canary ? Milliseconds(canary) : null;
        status.StableLatency = counts.StableLatency is { } stable ? Milliseconds(stable) : null;
    }

    /// <summary>How far it is.</summary>
    public static string Progress(EvaluationStatus status) => status.TotalRows is { } total and > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{status.Rows:N0} of {total:N0} rows, {100 * status.Rows / total} %")
        : string.Create(CultureInfo.InvariantCulture, $"{status.Rows:N0} rows");

    private static string Figures(EffectiveEvaluation asked, EvaluationCounts counts)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{counts.Rows - counts.CanaryWrong:N0} of {counts.Rows:N0} rows right, {Percent(1 - ((double)counts.CanaryWrong / counts.Rows))}");
        if (counts.StableWrong is { } wrong)
        {
            var pairs = new PairedEvidence().Add(counts.Rows, counts.OnlyCanaryWrong, counts.OnlyStableWrong, margin: 0);
            text += string.Create(
                CultureInfo.InvariantCulture,
                $", stable {Percent(1 - ((double)wrong / counts.Rows))} ({counts.OnlyCanaryWrong:N0} wrong by the new revision alone, {counts.OnlyStableWrong:N0} by stable alone; ")
                + $"{Sentence.Where(Criterion.Margin(0), pairs.Interval(ErrorRate))} of wrong answers on data like this)";
        }

        return counts.CanaryLatency is { } latency ? $"{text}; p{asked.QuantilePercent} {Milliseconds(latency)}" : text;
    }

    private static ArmStatus Arm(long wrong, long rows) => new() { Total = rows, Bad = wrong, Good = rows == 0 ? null : Percent(1 - ((double)wrong / rows)) };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0#} %");

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0#}");

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.##} ms");
}
