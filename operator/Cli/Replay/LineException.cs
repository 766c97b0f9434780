namespace ModelOperator.Cli.Replay;

/// <summary>A line of the input is refused.</summary>
internal sealed class LineException(long line, string message) : Exception(message)
{
    public long Line { get; } = line;
}
