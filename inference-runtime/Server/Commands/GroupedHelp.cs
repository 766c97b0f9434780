using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using ModelOperator.Server.Configuration;

namespace ModelOperator.Server.Commands;

/// <summary>Help in groups, with each flag's default; other commands than grouped ones get the usual help.</summary>
internal sealed class GroupedHelp(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    private const string Indent = "      ";
    private const int Width = 110;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is not GroupedCommand command)
        {
            return usual.Invoke(parseResult);
        }

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"Usage: inference-runtime {command.Name} [flags]");
        output.WriteLine();
        Wrap(output, "", "Every flag can also be an environment variable (--port: MODEL_SERVER_PORT) or a key of the file that --config names (port). A flag wins over a variable, a variable over the file.");
        foreach ((string title, IReadOnlyList<Option> options) in command.Groups.Skip(1).Append(command.Groups[0]))
        {
            output.WriteLine();
            output.WriteLine($"{title}:");
            foreach (Option option in options)
            {
                output.WriteLine($"  {option.Name}{(option.HelpName is { } value ? $" {value}" : "")}");
                Wrap(output, Indent, Describe(option));
            }
        }

        return 0;
    }

    private static string Describe(Option option)
    {
        string extra = option.Required ? " Required." : Default(option) is { Length: > 0 } standard ? $" Default: {standard}." : "";
        return option.Description?.TrimEnd('.') + "." + extra;
    }

    private static string? Default(Option option) => !option.HasDefaultValue || option.Name == SettingsReader.ConfigOption.Name ? null : option.GetDefaultValue() switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join(", ", list.Cast<object>()),
        var other => other.ToString(),
    };

    private static void Wrap(TextWriter output, string indent, string text)
    {
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                output.WriteLine();
                column = 0;
            }

            output.Write(column == 0 ? indent : " ");
            output.Write(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }

        output.WriteLine();
    }
}
