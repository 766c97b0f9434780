using System.Globalization;

namespace ModelOperator.Cli.Simulate;

/// <summary>Figures for people.</summary>
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

    public static string Range(Spread? spread, Func<double, string> text) => spread is null ? "-" : $"{text(spread.P5)} to {text(spread.P95)}";

    public static string Outcome(Outcome outcome) => outcome switch
    {
        Simulate.Outcome.Promoted => "promoted",
        Simulate.Outcome.RolledBack => "rolled back",
        _ => "held",
    };
}
