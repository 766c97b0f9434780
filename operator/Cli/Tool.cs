using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ModelOperator.Cli.Cluster;
using ModelOperator.Cli.Control;
using ModelOperator.Cli.Replay;
using ModelOperator.Cli.Show;
using ModelOperator.Cli.Simulate;

namespace ModelOperator.Cli;

/// <summary>The program: its commands, and how each of them ends.</summary>
internal static class Tool
{
    public const string Name = "kubectl-model";

    /// <summary>Runs it.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="openInput">Opens standard input.</param>
    /// <param name="streams">Where output and errors go.</param>
    /// <param name="access">The kubectl to run, and the clock.</param>
    /// <param name="cancellationToken">Stops it, beside the signals.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, Func<Stream> openInput, InvocationConfiguration streams, ClusterAccess access,
        CancellationToken cancellationToken = default)
    {
        var root = new RootCommand(
            "Shows and steers the rollouts of Model Operator in a cluster, and shows how it judges a canary: "
            + "before a rollout (simulate) and on recorded counts (replay).");
        Command[] commands =
        [
            ListCommand.Create(access),
            StatusCommand.Create(access),
            HistoryCommand.Create(access),
            .. PauseCommands.All(access),
            .. OrderCommands.All(access),
            SimulateCommand.Create(openInput, access.Time),
            ReplayCommand.Create(openInput),
        ];
        foreach (var command in commands)
        {
            root.Subcommands.Add(command);
        }

        root.HelpName = Name;
        AddHelp(root, ExitCodes.Help);
        streams.EnableDefaultExceptionHandler = false;
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await streams.Error.WriteLineAsync($"{Name}: {error.Message}");
            }

            await streams.Error.WriteLineAsync($"{Name}: see {HelpOf(parsed)}");
            return ExitCodes.Invalid;
        }

        try
        {
            return await parsed.InvokeAsync(streams, cancellationToken);
        }
        catch (CliException e)
        {
            await streams.Output.FlushAsync(CancellationToken.None);
            await streams.Error.WriteLineAsync($"{Name}: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await streams.Output.FlushAsync(CancellationToken.None);
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>Appends a text to a command's help.</summary>
    public static void AddHelp(Command command, string text)
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null)
        {
            help = new HelpOption();
            command.Options.Add(help);
        }

        help.Action = new LongHelp((HelpAction)help.Action!, text);
    }

    private static string HelpOf(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? $"{Name} --help" : $"{Name} {parsed.CommandResult.Command.Name} --help";

    private sealed class LongHelp(HelpAction standard, string text) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(text);
            return code;
        }
    }
}
