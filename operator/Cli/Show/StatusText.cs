using ModelOperator.Cli.Cluster;
using ModelOperator.Cli.Control;

namespace ModelOperator.Cli.Show;

/// <summary>One ModelDeployment on one screen.</summary>
internal static class StatusText
{
    private const int LastDecisions = 5;

    public static void Write(TextWriter output, Model model, IReadOnlyList<RevisionPods>? pods, Place place, DateTimeOffset now)
    {
        WriteHead(output, model, now);
        WriteTable(output, ["REVISION", "ROLE", "WEIGHT", "PODS"], RevisionRows.Of(model, pods));
        GuardrailText.Write(output, model.Status);
        WriteTable(output, ["CONDITION", "STATUS", "REASON", "MESSAGE"], Unwell.Rows(model.Status));
        WriteTable(
            output,
            ["LAST DECISIONS", "ACTION", "REVISION", "BY", "REASON"],
            model.Status.History.TakeLast(LastDecisions).Select(decision => new[]
            {
                Cells.Ago(decision.Time, now), Cells.Text(decision.Action), Cells.Text(decision.Revision), Cells.Text(decision.By),
                Cells.Text(decision.Reason),
            }));
        WriteTable(
            output,
            ["COMMAND", "EFFECT"],
            NextSteps.For(model)
                .Select(step => new[] { $"kubectl model {step.Verb} {model.Name}{step.Arguments}{place.Options}", step.Effect }));
    }

    /// <summary>A table with an empty line before it; nothing without rows.</summary>
    public static void WriteTable(TextWriter output, string[] titles, IEnumerable<string[]> rows)
    {
        if (rows.ToArray() is { Length: > 0 } lines)
        {
            output.WriteLine();
            TextTable.Write(output, [titles, .. lines]);
        }
    }

    private static void WriteHead(TextWriter output, Model model, DateTimeOffset now)
    {
        var status = model.Status;
        string paused = model.IsPaused ? ", paused by spec.rollout.paused" : "";
        string phase = status.Phase is null ? $"the operator has not looked at it yet; {Operator.HowToLook}" : Words.Plain(status.Phase);
        output.WriteLine($"{model.Name} in namespace {model.Metadata.Namespace}: {phase}{paused}");
        if (status.Message is { Length: > 0 } message)
        {
            output.WriteLine($"  {Words.Plain(message)}");
        }

        if (status.Phase is not null && !model.IsObserved)
        {
            output.WriteLine("  The operator has not seen the latest change of the spec yet.");
        }

        if (model.PendingOrder is { } order)
        {
            output.WriteLine($"  The order \"{Words.Plain(order)}\" waits for the operator.");
        }

        if (status.LastOrder is { Order: { } last } answer)
        {
            string by = answer.By is { } person ? $" by {Words.Plain(person)}" : "";
            string ago = DateTimeOffset.TryParse(answer.Time, out var time) ? $", {Cells.Ago(time, now)}" : "";
            output.WriteLine($"  Last order: {Words.Plain(last)}{by}{ago}: {Words.Plain(answer.Outcome)}: {Words.Plain(answer.Message)}");
        }
    }
}
