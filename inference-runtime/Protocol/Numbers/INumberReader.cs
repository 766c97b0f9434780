namespace ModelOperator.Protocol.Numbers;

/// <summary>
/// Reads a JSON number as an element of a type, quickly, with the result that <see cref="IElementReader{T}"/> has. It may give up on any
/// number: the careful reader then has its turn, and also says what is wrong with it.
/// </summary>
internal interface INumberReader<T>
    where T : unmanaged
{
    /// <summary>Reads the number that begins at <paramref name="at"/> and goes to the first byte after it.</summary>
    static abstract bool TryRead(ReadOnlySpan<byte> json, ref int at, out T value);
}
