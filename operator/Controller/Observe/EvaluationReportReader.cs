using System.Text.Json;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Observe;

/// <summary>Reads the report of an evaluation, and refuses one that no evaluation of ours would give: it decides a rollout.</summary>
internal static class EvaluationReportReader
{
    /// <summary>The report; null, with what is wrong, when it is none.</summary>
    public static EvaluationReport? Read(string? json, out string? fault)
    {
        EvaluationReport? report = null;
        try
        {
            report = string.IsNullOrWhiteSpace(json) ? null : JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationReport);
            fault = report is null ? "there is none" : Fault(report);
        }
        catch (JsonException e)
        {
            fault = $"it cannot be read: {e.Message}";
        }

        return fault is null ? report : null;
    }

    /// <inheritdoc cref="Read(string?, out string?)"/>
    public static EvaluationReport? Read(byte[] json, out string? fault) => Read(System.Text.Encoding.UTF8.GetString(json), out fault);

    private static string? Fault(EvaluationReport report) => report switch
    {
        { Rows: < 0 } => "rows is negative",
        _ when report.TotalRows < report.Rows => "rows is more than totalRows",
        _ when Fault(report.Canary) is { } fault => $"canary: {fault}",
        { Stable: { } stable } when Fault(stable) is { } fault => $"stable: {fault}",
        { Stable: { } stable } when stable.Total != report.Canary.Total => "canary and stable have answered different rows",
        _ when report.OnlyCanaryWrong < 0 || report.OnlyCanaryWrong > report.Canary.Bad => "onlyCanaryWrong is impossible",
        { Stable: { } stable } when report.OnlyStableWrong < 0 || report.OnlyStableWrong > stable.Bad => "onlyStableWrong is impossible",
        { Stable: { } stable } when stable.Bad - report.OnlyStableWrong != report.Canary.Bad - report.OnlyCanaryWrong =>
            "the rows both got wrong differ",
        _ => null,
    };

    private static string? Fault(ArmReport arm) =>
        arm.Bad < 0 || arm.Bad > arm.Total ? "bad is not among total"
        : arm.Slow < 0 || arm.Slow > arm.Answers ? "slow is not among answers"
        : arm is { Errors: < 0 } or { LatencyMicroseconds: < 0 } ? "a number is negative"
        : null;
}
