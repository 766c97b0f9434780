using System.CommandLine;
using System.Globalization;
using ModelOperator.Server.Configuration;

namespace ModelOperator.Server.Commands;

/// <summary>What the options of the commands have in common.</summary>
internal static class Options
{
    private const string DigestPrefix = "sha256:";

    /// <summary>A command whose options can come from the environment and from a file too.</summary>
    public static Command Command(string name, string description, IEnumerable<Option> options)
    {
        Command command = new(
            name,
            description
                + " Every flag can also be an environment variable (--port: MODEL_SERVER_PORT) or a key of the file that --config "
                + "names (port). A flag wins over a variable, a variable over the file.");
        foreach (Option option in options.Append(Settings.ConfigOption))
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>The digits of a digest; null when none is given.</summary>
    public static string? ParseDigest(string option, string? digest)
    {
        if (digest is null)
        {
            return null;
        }

        return digest.StartsWith(DigestPrefix, StringComparison.Ordinal) && digest.Length == DigestPrefix.Length + 64
            && digest[DigestPrefix.Length..].All(char.IsAsciiHexDigit)
            ? digest[DigestPrefix.Length..].ToLowerInvariant()
            : throw new TerminatingException(
                FailureReasons.InvalidConfiguration, $"{option} is '{digest}', expected sha256: and 64 hexadecimal digits");
    }

    /// <summary>One of a few words, which its help text states.</summary>
    public static Option<string> OneOf(string name, string description, string standard, params string[] words)
    {
        Option<string> option =
            new(name) { Description = $"{description}: {string.Join(", ", words)}", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !words.Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                result.AddError($"{name} is '{text}', expected {string.Join(", ", words[..^1])} or {words[^1]}");
            }
        });
        return option;
    }

    /// <summary>A whole number within a range that its help text states.</summary>
    public static Option<int> Number(string name, string description, int standard, int least, int most) =>
        Within(
            new Option<int>(name) { Description = $"{description} ({least} to {most})", DefaultValueFactory = _ => standard },
            name,
            least,
            most);

    /// <summary>A whole number within a range that its help text states, and whose absence means something of its own.</summary>
    public static Option<int?> OptionalNumber(string name, string description, int least, int most) =>
        Within(new Option<int?>(name) { Description = $"{description} ({least} to {most})" }, name, least, most);

    private static TOption Within<TOption>(TOption option, string name, int least, int most)
        where TOption : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                    || value < least
                    || value > most))
            {
                result.AddError($"{name} is '{text}', expected a whole number from {least} to {most}");
            }
        });
        return option;
    }
}
