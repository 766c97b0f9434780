using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using ModelOperator.Server.Commands;

namespace ModelOperator.Server.Configuration;

/// <summary>
/// Completes a command line with what the environment and a configuration file say, in this order: a flag that is given is not looked for in
/// the environment, one that is there not in the file.
/// </summary>
internal static class SettingsReader
{
    public static readonly Option<string?> ConfigOption = new("--config")
    {
        Description = "File of further flags, YAML or (named *.json) JSON: port: 8080, maxBodyMebibytes: 64; flags and MODEL_SERVER_... variables win over it",
        HelpName = "FILE",
    };

    /// <summary>The whole command line.</summary>
    public static string[] Complete(RootCommand root, string[] arguments, IDictionary environment, SettingSources sources)
    {
        ParseResult parsed = root.Parse(arguments);
        // What is required may be elsewhere, so errors are no reason yet.
        if (parsed.CommandResult.Command is not GroupedCommand command || (parsed.Action != command.Action && parsed.Action is not ParseErrorAction))
        {
            // Help, or a command that has no settings.
            return arguments;
        }

        List<string> complete = [.. arguments];
        HashSet<string> given = [.. command.Options.Where(o => parsed.GetResult(o) is { Implicit: false }).Select(o => o.Name)];
        Dictionary<string, string> variables = EnvironmentSettings.Read(environment);
        RefuseUnknown(root, variables.Keys);
        foreach (Option option in command.Options)
        {
            string variable = SettingName.Variable(option.Name);
            if (!given.Contains(option.Name) && variables.TryGetValue(variable, out string? value))
            {
                Add(complete, option, [value]);
                given.Add(option.Name);
                sources.Add(option.Name, variable);
            }
        }

        string? file = parsed.GetResult(ConfigOption) is { Implicit: false } ? parsed.GetValue(ConfigOption) : variables.GetValueOrDefault(SettingName.Variable(ConfigOption.Name));
        if (file is not null)
        {
            AddFile(complete, command, given, file, sources);
        }

        return [.. complete];
    }

    private static void AddFile(List<string> complete, GroupedCommand command, HashSet<string> given, string file, SettingSources sources)
    {
        Dictionary<string, Option> options = command.Options
            .Where(o => o.Name != ConfigOption.Name && !o.Recursive).ToDictionary(o => SettingName.Key(o.Name), StringComparer.Ordinal);
        foreach (FileSetting setting in ConfigurationFile.Read(file))
        {
            if (!options.TryGetValue(setting.Key, out Option? option))
            {
                throw ConfigurationFile.Refusal(
                    $"{file} line {setting.Line}: {setting.Key} is no setting of {command.Name}: {NearestName.Suggest(setting.Key, options.Keys)}");
            }

            if (given.Add(option.Name))
            {
                Add(complete, option, setting.Values);
                sources.Add(option.Name, $"{file} line {setting.Line}");
            }
        }
    }

    private static void Add(List<string> complete, Option option, IReadOnlyList<string> values)
    {
        if (option.Arity.MaximumNumberOfValues > 1)
        {
            foreach (string value in values)
            {
                complete.Add($"{option.Name}={value}");
            }

            return;
        }

        complete.Add($"{option.Name}={string.Join(',', values)}");
    }

    /// <summary>The same variables may be set for several commands, so those of any are known.</summary>
    private static void RefuseUnknown(RootCommand root, IEnumerable<string> variables)
    {
        HashSet<string> known = [.. root.Subcommands.SelectMany(c => c.Options).Where(o => !o.Recursive).Select(o => SettingName.Variable(o.Name))];
        foreach (string variable in variables.Order(StringComparer.Ordinal))
        {
            if (!known.Contains(variable))
            {
                throw ConfigurationFile.Refusal($"the environment variable {variable} is no setting: {NearestName.Suggest(variable, known)}");
            }
        }
    }
}
