namespace ModelOperator.Protocol;

/// <summary>Parameters of a request as a whole.</summary>
public sealed class InferParameters
{
    /// <summary>Whether outputs come as binary data where the output itself does not say.</summary>
    public bool BinaryDataOutput { get; set; }

    /// <summary>A lower number is served earlier; 0 is the model's default level.</summary>
    public ulong Priority { get; set; }

    /// <summary>How long the request may wait to be computed; null leaves that to the server.</summary>
    public TimeSpan? Timeout { get; set; }
}
