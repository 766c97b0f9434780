using System.CommandLine;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary><c>kubectl-model list</c></summary>
internal static class ListCommand
{
    private const string Examples = """
        Examples:
          kubectl model list
          kubectl model list -A


        """;

    private static readonly Option<bool> AllNamespaces = new("--all-namespaces", "-A") { Description = "Those of all namespaces" };

    private static readonly Option<string> Output = OutputOption.Create();

    public static Command Create(ClusterAccess access)
    {
        Command command = new("list", "Show all ModelDeployments of a namespace and what each is doing.") { AllNamespaces, Output };
        ClusterOptions.AddTo(command);
        Tool.AddHelp(command, Examples + ExitCodes.Help);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, access, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, ClusterAccess access, CancellationToken cancellationToken)
    {
        var models = ClusterOptions.Models(parsed, access);
        bool ofAll = parsed.GetValue(AllNamespaces);
        var streams = parsed.InvocationConfiguration;
        if (parsed.GetValue(Output) is { } format and not OutputOption.Text)
        {
            await streams.Output.WriteAsync(await models.PrintAsync(ofAll, format, cancellationToken));
            return ExitCodes.Done;
        }

        var found = await models.ListAsync(ofAll, cancellationToken);
        if (found.Count == 0)
        {
            await streams.Error.WriteLineAsync(
                ofAll
                    ? $"{Tool.Name}: there is no ModelDeployment in any namespace"
                    : $"{Tool.Name}: there is no ModelDeployment {models.Place.InNamespace}; -A shows all namespaces");
        }
        else
        {
            ListText.Write(streams.Output, found, ofAll, access.Time.GetUtcNow());
        }

        return ExitCodes.Done;
    }
}
