namespace ModelOperator.Protocol;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Name of the output of the model.</param>
public sealed record RequestedOutput(string Name)
{
    /// <summary>Whether it comes as binary data; null leaves that to <see cref="InferParameters.BinaryDataOutput"/>.</summary>
    public bool? BinaryData { get; init; }

    /// <summary>With a number over 0: as so many classes of the largest values instead of the tensor.</summary>
    public int Classification { get; init; }
}
