using System.CommandLine;
using System.CommandLine.Invocation;

namespace ModelOperator.Server.Commands;

/// <summary>What System.CommandLine takes an unknown flag for.</summary>
internal static class Suggestion
{
    /// <summary>The end of a message about an unknown flag, with the flag meant in a spelling of the message's own.</summary>
    public static string For(Command command, string flag, Func<string, string> spell)
    {
        using StringWriter output = new();
        ParseResult parsed = command.Parse([flag]);
        (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error) = (output, TextWriter.Null);
        new ParseErrorAction { ShowHelp = false }.Invoke(parsed);
        string? meant = output.ToString()
            .Split('\n')
            .Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith("--", StringComparison.Ordinal));
        return meant is null ? $"; 'inference-runtime {command.Name} --help' lists all" : $": did you mean {spell(meant)}?";
    }
}
