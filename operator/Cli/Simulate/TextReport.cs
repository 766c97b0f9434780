using System.Globalization;
using ModelOperator.Api;

namespace ModelOperator.Cli.Simulate;

/// <summary>The report as tables for a terminal.</summary>
internal static class TextReport
{
    public static void Write(TextWriter output, SimulationSettings settings, SimulationReport report)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Name}: {report.Runs} rollouts at {Rate(report.RequestsPerSecond)}, seed {report.Seed}"));
        output.WriteLine($"  stable  {Behaviour(settings.Stable)}");
        output.WriteLine($"  canary  {Behaviour(settings.Canary)}");
        output.WriteLine($"  rollout {Rollout(settings.Spec.Rollout)}");
        if (settings.Gates.Count > 0)
        {
            var said = settings.Gates.Select(gate => $"{gate.Key} says {gate.Value.Verdict} after {Words.Time(gate.Value.AfterSeconds)}");
            output.WriteLine($"  gates   {string.Join(", ", said)}");
        }

        output.WriteLine();
        TextTable.Write(output, [["OUTCOME", "PROBABILITY", "95 % INTERVAL", "TIME", "5-95 %", "WHY"], .. report.Outcomes.Select(Row)]);
        output.WriteLine();
        TextTable.Write(output, [["GUARDRAIL", "HARMFUL", "SAFE", "UNDECIDED", "NO DATA"], .. report.Guardrails.Select(Row)]);
        output.WriteLine();
        TextTable.Write(output, [["STEP", "WEIGHT", "REACHED", "AFTER", "5-95 %", "LASTED", "5-95 %"], .. report.Steps.Select(Row)]);
        output.WriteLine();
        TextTable.Write(output, [["FROM THE CANARY", "MEDIAN", "5-95 %", "MORE THAN STABLE", "5-95 %"], .. Rows(report.Canary)]);
    }

    private static string[] Row(OutcomeReport outcome) =>
    [
        ReportWords.Outcome(outcome.Outcome),
        Words.Percent(outcome.Probability.Share),
        $"{100 * outcome.Probability.Low:0.0} to {Words.Percent(outcome.Probability.High)}",
        outcome.Seconds is { } seconds ? Words.Time(seconds.Median) : "-",
        ReportWords.Range(outcome.Seconds, Words.Time),
        string.Join(", ", outcome.Reasons.Select(
            reason => $"{reason.Reason}{(reason.Guardrail is { } name ? $" ({name})" : "")} {Words.Percent(reason.Share)}")),
    ];

    private static string[] Row(GuardrailReport guardrail) =>
    [
        guardrail.Name,
        Words.Percent(guardrail.Harmful),
        Words.Percent(guardrail.Safe),
        Words.Percent(guardrail.Undecided),
        Words.Percent(guardrail.NoData),
    ];

    private static string[] Row(StepReport step) =>
    [
        $"{step.Step}",
        $"{step.Weight} %",
        Words.Percent(step.Reached),
        step.ReachedAfterSeconds is { } reached ? Words.Time(reached.Median) : "-",
        ReportWords.Range(step.ReachedAfterSeconds, Words.Time),
        step.LastedSeconds is { } lasted ? Words.Time(lasted.Median) : "-",
        ReportWords.Range(step.LastedSeconds, Words.Time),
    ];

    private static IEnumerable<string[]> Rows(CanaryReport canary)
    {
        yield return Row("requests", canary.Requests, null);
        if (canary.Wrong is { } wrong)
        {
            yield return Row("wrong answers", wrong, canary.WrongBeyondStable);
        }

        if (canary.Failed is { } failed)
        {
            yield return Row("failed requests", failed, canary.FailedBeyondStable);
        }

        if (canary.Slow is { } slow)
        {
            yield return Row("slower than stable's p95", slow, null);
        }
    }

    private static string[] Row(string what, Spread counts, Spread? beyond) =>
    [
        what,
        Words.Count(counts.Median),
        ReportWords.Range(counts, Words.Count),
        beyond is null ? "" : Words.Count(beyond.Median),
        beyond is null ? "" : ReportWords.Range(beyond, Words.Count),
    ];

    private static string Rate(double requestsPerSecond) => requestsPerSecond switch
    {
        >= 1 => $"{requestsPerSecond:0.##} requests/s",
        >= 1 / 60.0 => $"{requestsPerSecond * 60:0.##} requests/m",
        _ => $"{requestsPerSecond * 3600:0.##} requests/h",
    };

    private static string Rollout(EffectiveRollout rollout) =>
        $"{string.Join(", ", rollout.Steps.Select(step => $"{step.Weight} %"))}; "
        + $"guardrails {string.Join(", ", rollout.Analysis.Guardrails.Select(guardrail => guardrail.Name))}; "
        + $"confidence {rollout.Analysis.ConfidencePercent} %; "
        + $"after {Words.Time(rollout.Analysis.Deadline.TotalSeconds)} {rollout.Analysis.OnInconclusive}";

    private static string Behaviour(ArmBehaviour behaviour)
    {
        var parts = new List<string>();
        if (behaviour.Accuracy is { } accuracy)
        {
            parts.Add($"accuracy {100 * accuracy:0.##} %");
        }

        if (behaviour.Errors is { } errors)
        {
            parts.Add($"errors {100 * errors:0.##} %");
        }

        if (behaviour.P95 is { } p95)
        {
            parts.Add($"p95 {p95.TotalMilliseconds:0.###} ms");
            parts.Add($"p50 {behaviour.Median.TotalMilliseconds:0.###} ms");
        }

        return string.Join(", ", parts.Concat(behaviour.Metrics.Select(metric => $"{metric.Key} {metric.Value.Value:G6}")));
    }
}
