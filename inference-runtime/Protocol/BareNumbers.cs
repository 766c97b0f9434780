namespace ModelOperator.Protocol;

/// <summary>
/// NaN, Infinity and -Infinity without quotes. JSON has no such numbers, but Python's and Triton's clients write them. A document with them
/// is read again after each became a string of one byte that UTF-8 never has, so that nothing a client can write is taken for one. The
/// document keeps its length, and errors name the same places.
/// </summary>
internal static class BareNumbers
{
    private const byte NaN = 0xFF, Infinity = 0xFE, MinusInfinity = 0xFD;

    /// <summary>Refuses text with bytes that only a marked document may have.</summary>
    public static void RequireNoMarks(ReadOnlySpan<byte> json)
    {
        if (json.ContainsAnyInRange(MinusInfinity, NaN))
        {
            throw new ProtocolException("the body is not valid JSON: it has text that is not valid Unicode");
        }
    }

    /// <summary>A copy of a document with its bare numbers marked; null when it has none.</summary>
    public static byte[]? Mark(ReadOnlySpan<byte> json)
    {
        byte[]? marked = null;
        for (int at = 0; at < json.Length; at++)
        {
            if (json[at] == '"')
            {
                at = EndOfString(json, at);
            }
            else if (LengthAt(json[at..], out byte mark) is > 0 and int length && EndsValue(json[(at + length)..]))
            {
                marked ??= json.ToArray();
                Span<byte> token = marked.AsSpan(at, length);
                token.Fill((byte)' ');
                (token[0], token[1], token[2]) = ((byte)'"', mark, (byte)'"');
                at += length - 1;
            }
        }

        return marked;
    }

    /// <summary>Whether the text of a string token is a mark.</summary>
    public static bool IsMark(ReadOnlySpan<byte> text) => text is [>= MinusInfinity];

    /// <summary>The number that a mark stands for.</summary>
    public static double Value(ReadOnlySpan<byte> mark) => mark[0] switch
    {
        NaN => double.NaN,
        Infinity => double.PositiveInfinity,
        _ => double.NegativeInfinity,
    };

    /// <summary>What the client wrote where a mark is.</summary>
    public static string Text(ReadOnlySpan<byte> mark) => mark[0] switch
    {
        NaN => "NaN",
        Infinity => "Infinity",
        _ => "-Infinity",
    };

    private static int LengthAt(ReadOnlySpan<byte> text, out byte mark)
    {
        (mark, int length) = text[0] switch
        {
            (byte)'N' when text.StartsWith("NaN"u8) => (NaN, 3),
            (byte)'I' when text.StartsWith("Infinity"u8) => (Infinity, 8),
            (byte)'-' when text.StartsWith("-Infinity"u8) => (MinusInfinity, 9),
            _ => (default(byte), 0),
        };
        return length;
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        int at = start + 1;
        while (at < json.Length && json[at] != '"')
        {
            at += json[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    private static bool EndsValue(ReadOnlySpan<byte> rest) => rest.TrimStart(" \t\r\n"u8) is [(byte)',' or (byte)']' or (byte)'}', ..];
}
