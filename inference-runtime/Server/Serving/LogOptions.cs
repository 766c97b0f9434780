namespace ModelOperator.Server.Serving;

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object a line, for what collects logs.</summary>
    Json,
}

/// <summary>What is logged and how.</summary>
internal sealed record LogOptions
{
    public LogFormat Format { get; init; }

    public LogLevel Level { get; init; } = LogLevel.Information;
}
