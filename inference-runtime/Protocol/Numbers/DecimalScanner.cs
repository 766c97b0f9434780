using System.Runtime.CompilerServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>A JSON number in pieces: <c>(Negative ? -1 : 1) * Digits * 10^Exponent</c>.</summary>
internal struct DecimalScanner
{
    /// <summary>So many digits fit a signed 64-bit number whatever they are.</summary>
    private const int MaxDigits = 18;

    private const int MaxExponentDigits = 3;

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
