using System.Text.Json;
using ModelOperator.Protocol.Numbers;

namespace ModelOperator.Protocol;

/// <summary>
/// A place in JSON text that can jump over a list of FP32 values. After a jump the reader's own count of bytes is off, so an error that
/// comes later is only good for reading everything again without jumps.
/// </summary>
internal ref struct JsonCursor(ReadOnlySpan<byte> json, bool jumps)
{
    public Utf8JsonReader Reader = new(json);

    private ReadOnlySpan<byte> _json = json;

    /// <summary>Whether the cursor has jumped.</summary>
    public bool Jumped { get; private set; }

    /// <summary>
    /// Reads the flat list of FP32 values that opens at the token at hand, to its closing bracket. False, without a move, when that takes
    /// more care.
    /// </summary>
    public bool TryReadFloats(long count, PooledBuffer buffer)
    {
        int start = (int)Reader.TokenStartIndex;
        if (!jumps || Reader.TokenType != JsonTokenType.StartArray || !FloatListReader.TryRead(_json[start..], count, buffer, out int end))
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
