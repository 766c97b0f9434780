namespace ModelOperator.Cli.Show;

/// <summary>What stands in a cell of a table.</summary>
internal static class Cells
{
    /// <summary>A text, or a dash for none.</summary>
    public static string Text(string? text) => text is { Length: > 0 } ? Words.Plain(text) : "-";

    /// <summary>How long ago something was, such as <c>4m ago</c>.</summary>
    public static string Ago(DateTimeOffset? time, DateTimeOffset now) =>
        time is { } then ? $"{Words.Time(Math.Max(0, (now - then).TotalSeconds))} ago" : "-";
}
