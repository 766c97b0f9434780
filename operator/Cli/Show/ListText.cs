using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary>Many ModelDeployments, one on a line.</summary>
internal static class ListText
{
    private static readonly string[] Titles =
        ["NAME", "READY", "PHASE", "STABLE", "CANARY", "WEIGHT", "STEP", "GUARDRAILS", "LAST DECISION"];

    public static void Write(TextWriter output, IReadOnlyList<Model> models, bool withNamespace, DateTimeOffset now) =>
        TextTable.Write(
            output,
            [
                Line("NAMESPACE", Titles, withNamespace),
                .. models.Select(model => Line(model.Metadata.Namespace, Row(model, now), withNamespace)),
            ]);

    private static string[] Line(string @namespace, string[] cells, bool withNamespace) => withNamespace ? [@namespace, .. cells] : cells;

    private static string[] Row(Model model, DateTimeOffset now)
    {
        var status = model.Status;
        bool hasCanary = status.CanaryRevision is not null;
        return
        [
            model.Name,
            status.Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.Status ?? "Unknown",
            Cells.Text(status.Phase) + (model.IsPaused ? " (paused)" : ""),
            Cells.Text(status.StableRevision),
            Cells.Text(status.CanaryRevision),
            hasCanary ? $"{status.CanaryWeight ?? 0} %" : "-",
            hasCanary && status.Rollout is { } rollout ? $"{rollout.Step + 1}/{rollout.Steps}" : "-",
            hasCanary ? Guardrails(status.Analysis) : "-",
            status.History is [.., var last] ? $"{Cells.Text(last.Action)} {Cells.Ago(last.Time, now)}" : "-",
        ];
    }

    // Such as: 1 Safe, 2 Continue.
    private static string Guardrails(IReadOnlyList<Guardrail> guardrails) => guardrails.Count == 0
        ? "-"
        : string.Join(", ", guardrails.GroupBy(guardrail => Cells.Text(guardrail.Verdict)).Select(group => $"{group.Count()} {group.Key}"));
}
