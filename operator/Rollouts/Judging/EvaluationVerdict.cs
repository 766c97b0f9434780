using System.Globalization;
using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Holds the counts of an evaluation against what is asked of a new revision. The verdict is on the rows as they are, which say the same
/// each time they are asked; the interval that is told with it says how far they speak for other rows.
/// </summary>
internal static class EvaluationVerdict
{
    private const double ErrorRate = 0.01;

    /// <summary>Passed or Failed, and why. Needs at least one prediction.</summary>
    public static (EvaluationState State, string Message) Of(EffectiveEvaluation asked, EvaluationCounts counts)
    {
        string[] missed = [.. new[] { Accuracy(asked, counts), Drop(asked, counts), Latency(asked, counts.Canary) }.OfType<string>()];
        string figures = Figures(asked, counts);
        return missed.Length == 0 ? (EvaluationState.Passed, figures) : (EvaluationState.Failed, $"{string.Join("; ", missed)}: {figures}");
    }

    /// <summary>Puts the counts into the status.</summary>
    public static void Describe(EvaluationStatus status, EvaluationCounts counts)
    {
        status.Rows = counts.Rows;
        status.Canary = Arm(counts.Canary, counts);
        status.Stable = counts.Stable is { } stable ? Arm(stable, counts) : null;
        status.OnlyCanaryWrong = counts.Stable is null ? null : counts.OnlyCanaryWrong;
        status.OnlyStableWrong = counts.Stable is null ? null : counts.OnlyStableWrong;
        status.CanaryLatency = counts.Canary.Latency is { } latency ? Milliseconds(latency) : null;
        status.StableLatency = counts.Stable?.Latency is { } other ? Milliseconds(other) : null;
    }

    /// <summary>How far it is.</summary>
    public static string Progress(EvaluationStatus status) => status.TotalRows is { } total and > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * status.Rows / total} %, {status.Rows:N0} of {total:N0} rows")
        : string.Create(CultureInfo.InvariantCulture, $"{status.Rows:N0} rows");

    private static string? Accuracy(EffectiveEvaluation asked, EvaluationCounts counts) =>
        asked.MinAccuracyPercent is { } least && counts.Canary.Wrong * 100.0 > counts.Predictions * (100.0 - least)
            ? $"accuracy {Percent(Right(counts.Canary, counts))} is below minAccuracyPercent {least}"
            : null;

    private static string? Drop(EffectiveEvaluation asked, EvaluationCounts counts) =>
        asked.MaxAccuracyDropPercent is { } most && counts.Stable is { } stable
        && (counts.Canary.Wrong - stable.Wrong) * 100.0 > counts.Predictions * (double)most
            ? $"accuracy is {Points((double)(counts.Canary.Wrong - stable.Wrong) / counts.Predictions)} points below stable's, "
                + $"more than maxAccuracyDropPercent {most}"
            : null;

    // Counted rather than read off the quantile, which comes from buckets.
    private static string? Latency(EffectiveEvaluation asked, EvaluationArm canary)
    {
        if (asked.MaxMilliseconds is not { } limit
            || (canary.Answers > 0 && canary.Slow * 100 <= canary.Answers * (100 - asked.QuantilePercent)))
        {
            return null;
        }

        return canary.Answers == 0
            ? $"it answered no row, so that none was within maxMilliseconds {limit}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{canary.Slow:N0} of {canary.Answers:N0} answers took longer than maxMilliseconds {limit}, "
                + $"more than {100 - asked.QuantilePercent} %");
    }

    private static string Figures(EffectiveEvaluation asked, EvaluationCounts counts)
    {
        EvaluationArm canary = counts.Canary;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Predictions - canary.Wrong:N0} of {counts.Predictions:N0} answers right, {Percent(Right(canary, counts))}");
        text += counts.Stable is { } stable ? Compared(stable, counts) : Alone(canary, counts);
        text += canary.Latency is { } latency ? $"; p{asked.QuantilePercent} {Milliseconds(latency)}" : "";
        return canary.Failed == 0
            ? text
            : text + string.Create(CultureInfo.InvariantCulture, $"; {canary.Failed:N0} rows failed, for example with {canary.Error}");
    }

    private static string Compared(EvaluationArm stable, EvaluationCounts counts)
    {
        Interval difference = Difference(counts);
        return string.Create(
            CultureInfo.InvariantCulture,
            $", stable {Percent(Right(stable, counts))}; {counts.OnlyCanaryWrong:N0} wrong only by the new revision, "
            + $"{counts.OnlyStableWrong:N0} only by stable; on data like this its accuracy differs from stable's by "
            + $"{-100 * difference.High:+0.0;-0.0;0.0} to {-100 * difference.Low:+0.0;-0.0;0.0} points");
    }

    /// <summary>
    /// Where the difference of the wrong answers lies: how often the two differ, times how much more often it is the new revision's fault
    /// when they do. What both got right or both got wrong says nothing, and so widens nothing.
    /// </summary>
    private static Interval Difference(EvaluationCounts counts)
    {
        long differing = counts.OnlyCanaryWrong + counts.OnlyStableWrong;
        Interval often = RateSequence.Of(differing, counts.Predictions, ErrorRate / 2);
        Interval fault = RateSequence.Of(counts.OnlyCanaryWrong, differing, ErrorRate / 2);
        (double low, double high) = ((2 * fault.Low) - 1, (2 * fault.High) - 1);
        return new Interval(low * (low < 0 ? often.High : often.Low), high * (high > 0 ? often.High : often.Low));
    }

    private static string Alone(EvaluationArm canary, EvaluationCounts counts)
    {
        Interval wrong = RateSequence.Of(canary.Wrong, counts.Predictions, ErrorRate);
        return string.Create(
            CultureInfo.InvariantCulture, $", on data like this {100 * (1 - wrong.High):0.0} to {100 * (1 - wrong.Low):0.0} %");
    }

    private static double Right(EvaluationArm arm, EvaluationCounts counts) => 1 - ((double)arm.Wrong / counts.Predictions);

    private static ArmStatus Arm(EvaluationArm arm, EvaluationCounts counts) => new()
    {
        Total = counts.Predictions,
        Bad = arm.Wrong,
        Good = counts.Predictions == 0 ? null : Percent(Right(arm, counts)),
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0#} %");

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}");

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.##} ms");
}
