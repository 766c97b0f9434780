namespace ModelOperator.Protocol.Numbers;

/// <summary>Writes an element of a type as JSON.</summary>
internal interface INumberFormat<T>
    where T : unmanaged
{
    /// <summary>Bytes an element takes at most.</summary>
    static abstract int MaxLength { get; }

    /// <summary>Writes an element.</summary>
    /// <returns>Its bytes.</returns>
    static abstract int Write(T value, Span<byte> target);
}
