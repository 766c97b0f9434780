using System.CommandLine;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary><c>kubectl-model status</c></summary>
internal static class StatusCommand
{
    private const string Help = """
        GUARDRAIL  BAD is how many of the judged requests were wrong, slow or failed, of each revision. HARM is the evidence that the
                   canary is worse than the margin allows: at most so many equally good canaries would ever look this bad. SAFETY is the
                   evidence that it is not worse.
        CONDITION  only those that need somebody's attention.
        COMMAND    what you can do now.

        Examples:
          kubectl model status digits
          kubectl model status digits -n vision --context production


        """;

    private static readonly Option<string> Output = OutputOption.Create();

    public static Command Create(ClusterAccess access)
    {
        Command command = new("status", "Show what a ModelDeployment's rollout is doing, with the evidence, and what you can do now.")
        {
            ClusterOptions.Name,
            Output,
        };
        ClusterOptions.AddTo(command);
        Tool.AddHelp(command, Help + ExitCodes.Help);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, access, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, ClusterAccess access, CancellationToken cancellationToken)
    {
        var models = ClusterOptions.Models(parsed, access);
        string name = parsed.GetRequiredValue(ClusterOptions.Name);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Output) is { } format and not OutputOption.Text)
        {
            await output.WriteAsync(await models.PrintAsync(name, format, cancellationToken));
            return ExitCodes.Done;
        }

        var model = await models.GetAsync(name, cancellationToken);
        var pods = await models.PodsAsync(model, cancellationToken);
        StatusText.Write(output, model, pods, models.Place, access.Time.GetUtcNow());
        return ExitCodes.Done;
    }
}
