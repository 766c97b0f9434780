namespace ModelOperator.Fuzzing.Targets;

/// <summary>Something that reads bytes from strangers.</summary>
internal interface ITarget
{
    string Name { get; }

    /// <summary>Inputs to begin with.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Pieces that mean something to it.</summary>
    IReadOnlyList<byte[]> Words { get; }

    /// <summary>Reads an input; what it allocates beside a share for each byte of it must stay under a bound.</summary>
    void Read(byte[] input);
}
