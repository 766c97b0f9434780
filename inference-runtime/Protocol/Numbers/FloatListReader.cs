using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>
/// Reads a flat JSON list of FP32 values in one pass over its text. It gives up on anything unusual, right or wrong, which the careful reader
/// then reads or refuses. The benchmark row "4 MB of float32 as JSON" pays for it: token by token the same list takes several times as long.
/// </summary>
internal static class FloatListReader
{
    /// <summary>An element and the comma after it.</summary>
    private const int LeastElementText = 2;

    /// <summary>So many digits fit a signed 64-bit number whatever they are.</summary>
    private const int MaxDigits = 18;

    private const int MaxExponentDigits = 3;

    /// <summary>The powers of ten that are doubles.</summary>
    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

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
            if (!TryReadElement(json, ref at, out elements[i]))
            {
                return false;
            }

            at = SkipSpace(json, at);
            if ((uint)at >= (uint)json.Length || json[at] != (i == elements.Length - 1 ? ']' : ','))
            {
                return false;
            }

            end = at++;
        }

        buffer.Advance(bytes);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] <= ' ' && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadElement(ReadOnlySpan<byte> json, ref int at, out float value)
    {
        int start = at;
        Number number = default;
        if (!number.TryScan(json, ref at))
        {
            value = 0;
            return false;
        }

        return TryConvert(in number, out value) || TryParse(json[start..at], out value);
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out float value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && float.IsFinite(value);

    /// <summary>
    /// Computes in doubles, which is at most two units in the last place off: the digits are rounded once and so is the product with an
    /// exact power of ten. The float nearest to the result is the float nearest to the number, unless half-way between two floats lies
    /// within that error.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryConvert(in Number number, out float value)
    {
        const ulong BelowFloat = (1UL << 29) - 1;
        const ulong HalfWay = 1UL << 28;
        const ulong Error = 2;
        const double LeastNormal = 1.17549435E-38;
        value = 0;
        int power = Math.Abs(number.Exponent);
        if (!number.Whole || (uint)power >= (uint)PowersOfTen.Length)
        {
            return false;
        }

        double scaled = number.Exponent <= 0 ? (long)number.Digits / PowersOfTen[power] : (long)number.Digits * PowersOfTen[power];
        ulong rest = BitConverter.DoubleToUInt64Bits(scaled) & BelowFloat;
        value = (float)(number.Negative ? -scaled : scaled);
        return rest - (HalfWay - Error) > 2 * Error && ((scaled >= LeastNormal && scaled <= float.MaxValue) || number.Digits == 0);
    }

    /// <summary>A JSON number in pieces: <c>(Negative ? -1 : 1) * Digits * 10^Exponent</c>.</summary>
    private struct Number
    {
        public ulong Digits;
        public int Exponent;
        public bool Negative;

        /// <summary>Whether the pieces hold all of the number; else only its text does.</summary>
        public bool Whole;

        /// <summary>
        /// Goes over the number that begins at <paramref name="at"/>, by JSON's grammar, to the first byte after it. False when there is none.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryScan(ReadOnlySpan<byte> json, ref int at)
        {
            int i = at;
            Negative = (uint)i < (uint)json.Length && json[i] == '-';
            i += Negative ? 1 : 0;
            int start = i;
            ulong digits = 0;
            for (; (uint)i < (uint)json.Length && (uint)(json[i] - '0') <= 9; i++)
            {
                digits = (digits * 10) + (uint)(json[i] - '0');
            }

            int count = i - start;
            if (count == 0 || (count > 1 && json[start] == '0'))
            {
                return false;
            }

            Exponent = 0;
            if ((uint)i < (uint)json.Length && json[i] == '.')
            {
                int fraction = ++i;
                for (; (uint)i < (uint)json.Length && (uint)(json[i] - '0') <= 9; i++)
                {
                    digits = (digits * 10) + (uint)(json[i] - '0');
                }

                Exponent = fraction - i;
                count -= Exponent;
                if (Exponent == 0)
                {
                    return false;
                }
            }

            Whole = count <= MaxDigits;
            if ((uint)i < (uint)json.Length && (json[i] | 0x20) == 'e' && !TryScanExponent(json, ref i))
            {
                return false;
            }

            Digits = digits;
            at = i;
            return true;
        }

        private bool TryScanExponent(ReadOnlySpan<byte> json, ref int at)
        {
            int i = at + 1;
            bool negative = (uint)i < (uint)json.Length && json[i] == '-';
            i += negative || ((uint)i < (uint)json.Length && json[i] == '+') ? 1 : 0;
            int start = i;
            int exponent = 0;
            for (; (uint)i < (uint)json.Length && (uint)(json[i] - '0') <= 9; i++)
            {
                exponent = unchecked((exponent * 10) + (json[i] - '0'));
            }

            Whole &= i - start <= MaxExponentDigits;
            Exponent += negative ? -exponent : exponent;
            at = i;
            return i > start;
        }
    }
}
