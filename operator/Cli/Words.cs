using System.Globalization;

namespace ModelOperator.Cli;

/// <summary>Figures and texts for people.</summary>
internal static class Words
{
    public static string Time(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time switch
        {
            { TotalSeconds: < 60 } => $"{time.Seconds}s",
            { TotalMinutes: < 60 } => time.Seconds == 0 ? $"{time.Minutes}m" : $"{time.Minutes}m{time.Seconds:00}s",
            { TotalHours: < 48 } => time.Minutes == 0 ? $"{(int)time.TotalHours}h" : $"{(int)time.TotalHours}h{time.Minutes:00}m",
            _ => $"{time.Days}d{time.Hours:00}h",
        };
    }

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    public static string Count(double count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0}");

    /// <summary>
    /// A text from elsewhere on one line. Control characters would let whoever wrote it move the cursor of the reader's terminal.
    /// </summary>
    public static string Plain(string? text) =>
        text is null ? "" : string.Create(text.Length, text, (line, from) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                line[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        });

    /// <summary>A word of a command that a person may copy into a shell.</summary>
    public static string Shell(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:@=,+%".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
