namespace ModelOperator.Cli.Replay;

/// <summary>
/// Counts the guardrails of a file before it is judged: the confidence is shared over all of them from the first block on.
/// </summary>
internal static class GuardrailCount
{
    /// <summary>Names there may be; more are no guardrails but a mistake.</summary>
    public const int Most = 1000;

    /// <summary>Reads the file to the end, or to the first line that is refused, and goes back to its beginning.</summary>
    public static async Task<int> OfAsync(Stream file, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var lines = new LineReader(file);
        try
        {
            while (names.Count < Most && await lines.ReadAsync(cancellationToken) is { } line)
            {
                names.Add(BlockLineParser.Parse(line.Span, lines.Number).Guardrail);
            }
        }
        catch (LineException)
        {
            // It is told when it is judged, after what came before it.
        }

        file.Position = 0;
        return Math.Max(1, names.Count);
    }
}
