namespace ModelOperator.Demo.Load;

public sealed record LoadOptions
{
    public required double RequestsPerSecond { get; init; }

    /// <summary>From an answer until its truth is known and fed back.</summary>
    public TimeSpan TruthDelay { get; init; }

    /// <summary>Connections, each with one request at a time: never more than that is asked of the model at once.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>How long an answer may take, in time in which the generator itself could run.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(15);
}
