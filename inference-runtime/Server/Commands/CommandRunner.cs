using System.CommandLine;
using System.CommandLine.Invocation;
using ModelOperator.Server.Configuration;

namespace ModelOperator.Server.Commands;

/// <summary>Runs a command and reports a failure where people and Kubernetes look.</summary>
internal static class CommandRunner
{
    private static readonly Settings Settings = new();

    /// <summary>Runs the command that a command line, the environment and a configuration file ask for.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        ParseResult parsed;
        try
        {
            parsed = root.Parse(Settings.Complete(root, arguments));
            if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
            {
                string unknown = parsed.UnmatchedTokens is [var flag, ..]
                    ? Suggestion.For(parsed.CommandResult.Command, flag, meant => meant)
                    : "";
                throw new TerminatingException(
                    FailureReasons.InvalidConfiguration, string.Join("; ", parsed.Errors.Select(e => e.Message)) + unknown);
            }
        }
        catch (TerminatingException e)
        {
            int status = await FailAsync(e, result: null);
            await Console.Error.WriteLineAsync(
                $"'inference-runtime {arguments.FirstOrDefault(a => !a.StartsWith('-'))} --help' tells all flags.");
            return status;
        }

        // Signals are the commands' own business: a server that is told to stop drains first.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    public static async Task<int> RunAsync(Func<Task> command, string? result = null)
    {
        try
        {
            await command();
            return 0;
        }
        catch (TerminatingException e)
        {
            return await FailAsync(e, result);
        }
    }

    private static async Task<int> FailAsync(TerminatingException failure, string? result)
    {
        string message = Settings.Explain(failure.Message);
        await Console.Error.WriteLineAsync($"{failure.Reason}: {message}");
        TerminationLog.Write(new TerminatingException(failure.Reason, message, failure), result);
        return 1;
    }
}
