using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary>The evidence: each guardrail's counts, its verdict, and why where that is not plain.</summary>
internal static class GuardrailText
{
    public static void Write(TextWriter output, ModelStatus status)
    {
        if (status.Evaluation is { State: { } state } evaluation
            && (status.CanaryRevision is null || evaluation.Revision == status.CanaryRevision))
        {
            output.WriteLine();
            output.WriteLine($"Evaluation of {Words.Plain(evaluation.Revision)}: {Words.Plain(state)}{After(evaluation.Message)}");
        }

        string title = status.CanaryRevision is null ? "LAST ROLLOUT" : "GUARDRAIL";
        StatusText.WriteTable(
            output, [title, "VERDICT", "CANARY BAD", "STABLE BAD", "INTERVAL", "HARM", "SAFETY"], status.Analysis.Select(Row));
        foreach (var guardrail in status.Analysis)
        {
            if (Explanation(guardrail) is { } text)
            {
                output.WriteLine($"  {Words.Plain(guardrail.Name)}: {Words.Plain(text)}");
            }
        }
    }

    private static string[] Row(Guardrail guardrail) =>
    [
        Words.Plain(guardrail.Name),
        Cells.Text(guardrail.Verdict),
        Counts(guardrail.Canary),
        Counts(guardrail.Stable),
        Cells.Text(guardrail.Interval),
        Cells.Text(guardrail.HarmEvidence),
        Cells.Text(guardrail.SafetyEvidence),
    ];

    private static string Counts(Arm? arm) => arm switch
    {
        null => "-",
        { Mean: { } mean } => $"mean {Words.Plain(mean)} of {Words.Count(arm.Total)}",
        { Total: 0 } => "0 of 0",
        _ => $"{Words.Count(arm.Bad)} of {Words.Count(arm.Total)} ({Words.Percent((double)arm.Bad / arm.Total)})",
    };

    // The table says it all of one that goes well; a webhook or a Job has nothing but its answer.
    private static string? Explanation(Guardrail guardrail) => guardrail switch
    {
        { Source.Problem: { Length: > 0 } problem } => $"no answer that can be used now: {problem}",
        { Canary: null, Answer: { Length: > 0 } answer } => answer,
        { Verdict: "Harmful" or "NoData" or "Inconclusive", Message: { Length: > 0 } message } => message,
        _ => null,
    };

    private static string After(string? message) => message is { Length: > 0 } ? $": {Words.Plain(message)}" : "";
}
