using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>
/// Reads a flat JSON list of FP32 values in one pass over its text. It gives up on anything unusual, right or wrong, which the careful
/// reader then reads or refuses. The benchmark row "4 MB of float32 as JSON" pays for it: token by token the same list takes three times as
/// long.
/// </summary>
internal static class FloatListReader
{
    /// <summary>An element and the comma after it.</summary>
    private const int LeastElementText = 2;

    /// <summary>Reads a list.</summary>
    /// <param name="json">Text whose first byte opens the list.</param>
    /// <param name="count">The number of elements that it must have.</param>
    /// <param name="buffer">Where to put the elements; what it holds after a failure is void.</param>
    /// <param name="end">Place of the bracket that closes the list.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, long count, PooledBuffer buffer, out int end)
    {
        end = 0;
        // A count is only believed as far as there is text for it.
        if (count <= 0 || count > json.Length / LeastElementText)
        {
            return false;
        }

        int bytes = checked((int)count * sizeof(float));
        Span<float> elements = MemoryMarshal.Cast<byte, float>(buffer.GetSpan(bytes)[..bytes]);
        int at = 1;
        for (int i = 0; i < elements.Length; i++)
        {
            at = SkipSpace(json, at);
            if (!Utf8Parser.TryParse(json[at..], out elements[i], out int length)
                || !IsNumber(json.Slice(at, length))
                || !float.IsFinite(elements[i]))
            {
                return false;
            }

            at = SkipSpace(json, at + length);
            if (at >= json.Length || json[at] != (i == elements.Length - 1 ? ']' : ','))
            {
                return false;
            }

            end = at++;
        }

        buffer.Advance(bytes);
        return true;
    }

    private static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    /// <summary>Whether what was parsed is a number by JSON's grammar too, which knows no +1, .5, 1. or 01.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text[0] == '-' ? text[1..] : text;
        int point = digits.IndexOf((byte)'.');
        return IsDigit(digits, 0)
            && !(digits[0] == '0' && IsDigit(digits, 1))
            && (point < 0 || IsDigit(digits, point + 1))
            && IsDigit(digits, digits.Length - 1);
    }

    private static bool IsDigit(ReadOnlySpan<byte> text, int at) => (uint)at < (uint)text.Length && char.IsAsciiDigit((char)text[at]);
}
