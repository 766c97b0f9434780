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
        Option<int> option = new(name) { Description = $"{description} ({least} to {most})", HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < least || value > most))
            {
                result.AddError($"{name} is \"{text}\"; want a whole number from {least} to {most}");
            }
        });
        return option;
    }

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
