using System.CommandLine;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary><c>kubectl-model history</c></summary>
internal static class HistoryCommand
{
    private const string Examples = """
        The operator keeps the last 20 decisions; the newest is the last line. BY is the person who gave the order, where the operator
        knows.

        Examples:
          kubectl model history digits


        """;

    public static Command Create(ClusterAccess access)
    {
        Command command =
            new("history", "Show the operator's decisions about a ModelDeployment: when, what, by whom and why.") { ClusterOptions.Name };
        ClusterOptions.AddTo(command);
        Tool.AddHelp(command, Examples + ExitCodes.Help);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var model = await ClusterOptions.Models(parsed, access)
                .GetAsync(parsed.GetRequiredValue(ClusterOptions.Name), cancellationToken);
            var streams = parsed.InvocationConfiguration;
            if (model.Status.History.Count == 0)
            {
                await streams.Error.WriteLineAsync($"{Tool.Name}: {model.Name}: the operator has decided nothing yet");
            }
            else
            {
                Write(streams.Output, model.Status.History);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<Decision> history) => TextTable.Write(output,
    [
        ["TIME", "ACTION", "REVISION", "BY", "REASON", "MESSAGE"],
        .. history.Select(decision => new[]
        {
            decision.Time is { } time ? $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "-",
            Cells.Text(decision.Action),
            Cells.Text(decision.Revision),
            Cells.Text(decision.By),
            Cells.Text(decision.Reason),
            Cells.Text(decision.Message),
        }),
    ]);
}
