using System.CommandLine;
using System.Globalization;

namespace ModelOperator.Cli;

/// <summary>Options that say what would be right.</summary>
internal static class Options
{
    private const NumberStyles Decimal = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent;

    /// <summary>A whole number within a range that its help text states.</summary>
    public static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        Option<int> option =
            new(name) { Description = $"{description} ({least} to {most})", HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < least
                    || value > most))
            {
                result.AddError($"{name} is \"{text}\"; want a whole number from {least} to {most}");
            }
        });
        return option;
    }

    /// <summary>A time as kubectl takes it; null when it is not given.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            double factor = text switch { [.., 's'] => 1, [.., 'm'] => 60, _ => 0 };
            if (factor > 0 && Parse(text[..^1]) * factor is >= 1 and <= 3600 and var seconds)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            result.AddError($"{name} is \"{text}\"; want a time from 1s to 60m, such as 30s or 2m");
            return null;
        },
    };

    /// <summary>The manifest.</summary>
    public static Option<string?> Manifest(string description) => new("--filename", "-f")
    {
        Description = $"{description}; - is standard input, as from kubectl get mdep NAME -o yaml",
        HelpName = "mdep.yaml",
    };

    /// <summary>A number from text, or null; no text stands for infinity.</summary>
    public static double? Parse(string text) =>
        double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
}
