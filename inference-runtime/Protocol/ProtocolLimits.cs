namespace ModelOperator.Protocol;

/// <summary>Limits on what a request may hold; whatever is over them is refused before it is stored.</summary>
public sealed record ProtocolLimits
{
    /// <summary>Tensors a request may hold, and outputs it may ask for.</summary>
    public int MaxTensors { get; init; } = 256;

    /// <summary>Dimensions of a tensor.</summary>
    public int MaxRank { get; init; } = 16;

    /// <summary>Elements of all tensors of a request together.</summary>
    public long MaxElements { get; init; } = 16 * 1024 * 1024;

    /// <summary>Characters of a tensor name.</summary>
    public int MaxNameLength { get; init; } = 256;

    /// <summary>Characters of a request id.</summary>
    public int MaxIdLength { get; init; } = 256;

    /// <summary>Labels in one feedback.</summary>
    public int MaxLabels { get; init; } = 4096;

    /// <summary>Characters of a label.</summary>
    public int MaxLabelLength { get; init; } = 1024;
}
