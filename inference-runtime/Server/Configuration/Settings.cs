using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text.RegularExpressions;
using ModelOperator.Server.Commands;

namespace ModelOperator.Server.Configuration;

/// <summary>
/// Completes a command line with the environment and a configuration file. A setting has three spellings: the flag --max-body-mebibytes,
/// the variable MODEL_SERVER_MAX_BODY_MEBIBYTES and the key maxBodyMebibytes. A flag wins over a variable, a variable over the file.
/// </summary>
internal sealed partial class Settings
{
    private const string VariablePrefix = "MODEL_SERVER_";

    public static readonly Option<string?> ConfigOption = new("--config")
    {
        Description = "File of further flags, YAML or (named *.json) JSON: port: 8080, maxBodyMebibytes: 64",
        HelpName = "FILE",
    };

    // Where the flags were set that are not on the command line.
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

    /// <summary>The whole command line.</summary>
    public string[] Complete(RootCommand root, string[] arguments)
    {
        ParseResult parsed = root.Parse(arguments);
        Command command = parsed.CommandResult.Command;
        // What is required may be set elsewhere, so errors are no reason yet; help needs no settings.
        if (!command.Options.Contains(ConfigOption) || (parsed.Action != command.Action && parsed.Action is not ParseErrorAction))
        {
            return arguments;
        }

        HashSet<string> given =
            [.. command.Options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        List<string> complete = [.. arguments];
        foreach (IConfigurationSection variable in Variables())
        {
            string name = VariablePrefix + variable.Key;
            string flag = "--" + variable.Key.ToLowerInvariant().Replace('_', '-');
            // The same variables may be set for several commands.
            if (!root.Subcommands.Any(other => other.Options.Any(option => option.Name == flag)))
            {
                throw Refusal(
                    $"the environment variable {name} is not a "
                    + $"setting{Suggestion.For(command, flag, like => VariablePrefix + like[2..].Replace('-', '_').ToUpperInvariant())}");
            }

            Add(complete, command, given, flag, variable, name);
        }

        if ((parsed.GetValue(ConfigOption) ?? Environment.GetEnvironmentVariable(VariablePrefix + "CONFIG")) is { } file)
        {
            AddFile(complete, command, given, file);
        }

        return [.. complete];
    }

    /// <summary>A message about flags, beginning with where the first of them was set if that is not the command line.</summary>
    public string Explain(string message)
    {
        string? flag = message.Split(' ', ',', ';', ':', '\'').FirstOrDefault(_places.ContainsKey);
        return flag is null ? message : $"{_places[flag]}: {message}";
    }

    private void AddFile(List<string> complete, Command command, HashSet<string> given, string file)
    {
        foreach (IConfigurationSection setting in SettingsFile.Read(file).GetChildren())
        {
            string flag = "--" + UpperCase().Replace(setting.Key, match => "-" + match.Value.ToLowerInvariant());
            if (flag == ConfigOption.Name || !command.Options.Any(option => option.Name == flag && !option.Recursive))
            {
                throw Refusal($"{file}: {setting.Key} is not a setting of {command.Name}{Suggestion.For(command, flag, KeyOf)}");
            }

            Add(complete, command, given, flag, setting, file);
        }
    }

    private void Add(
        List<string> complete, Command command, HashSet<string> given, string flag, IConfigurationSection setting, string place)
    {
        IConfigurationSection[] items = [.. setting.GetChildren()];
        string?[] values = items.Length == 0 ? [setting.Value] : [.. items.Select(item => item.Value)];
        if (values.Contains(null) || items.Any(item => !int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw Refusal($"{place}: {setting.Key} has no plain value: write {setting.Key}: VALUE, or leave the line out");
        }

        if (command.Options.Any(option => option.Name == flag) && given.Add(flag))
        {
            complete.Add($"{flag}={string.Join(',', values)}");
            _places.Add(flag, place);
        }
    }

    private static IEnumerable<IConfigurationSection> Variables()
    {
        IConfigurationRoot variables = new ConfigurationBuilder().AddEnvironmentVariables(VariablePrefix).Build();
        // A Service that happens to be named model-server puts variables like MODEL_SERVER_PORT=tcp://10.0.0.1:80 into the pods beside it.
        bool isServiceThere = variables["SERVICE_HOST"] is not null;
        return variables.GetChildren().Where(variable => !isServiceThere || !ServiceLink().IsMatch($"{variable.Key}={variable.Value}"));
    }

    private static string KeyOf(string flag) => AfterDash().Replace(flag[2..], match => match.Groups["letter"].Value.ToUpperInvariant());

    private static TerminatingException Refusal(string message) => new(FailureReasons.InvalidConfiguration, message);

    [GeneratedRegex("[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UpperCase();

    [GeneratedRegex("-(?<letter>[a-z0-9])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AfterDash();

    [GeneratedRegex("^(SERVICE_(HOST|PORT.*)=|PORT_[0-9].*=|PORT=.*://)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceLink();
}
