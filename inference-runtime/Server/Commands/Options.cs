using System.CommandLine;
using System.Globalization;

namespace ModelOperator.Server.Commands;

/// <summary>Options of both commands.</summary>
internal static class Options
{
    /// <summary>A whole number within a range that its help text states.</summary>
    public static Option<int> Number(string name, string description, int standard, int least, int most)
    {
        Option<int> option = new(name) { Description = $"{description} ({least} to {most})", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < least || value > most))
            {
                result.AddError($"{name} is '{text}', expected a whole number from {least} to {most}");
            }
        });
        return option;
    }
}
