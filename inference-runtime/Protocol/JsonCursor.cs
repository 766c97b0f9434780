using System.Text.Json;
using ModelOperator.Protocol.Numbers;

namespace ModelOperator.Protocol;

/// <summary>
/// A place in JSON text that can jump over a list of numbers. After a jump the reader's own count of bytes is off, so an error that comes
/// later is only good for reading everything again without jumps.
/// </summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> json, bool jumps, KnownNames names)
{
    public Utf8JsonReader Reader = new(json);

    private ReadOnlySpan<byte> _json = json;

    /// <summary>Whether the cursor has jumped.</summary>
    public bool Jumped { get; private set; }

    public readonly KnownNames Names => names;

    /// <summary>Reads the list of numbers that opens at the token at hand, to its closing bracket. False, without a move, when that takes more care.</summary>
    public bool TryReadNumbers(TensorDataType type, ReadOnlySpan<long> shape, long count, PooledBuffer buffer)
    {
        int start = (int)Reader.TokenStartIndex;
        if (!jumps || Reader.TokenType != JsonTokenType.StartArray || !NumberListReader.TryRead(_json[start..], type, shape, count, buffer, out int end))
        {
            return false;
        }

        // As if the list were empty: the reader has seen it open and now sees it close.
        _json = _json[(start + end)..];
        Reader = new Utf8JsonReader(_json, isFinalBlock: true, Reader.CurrentState);
        Reader.Read();
        Jumped = true;
        return true;
    }
}
