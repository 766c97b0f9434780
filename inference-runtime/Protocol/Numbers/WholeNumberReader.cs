using System.Numerics;

namespace ModelOperator.Protocol.Numbers;

/// <summary>Reads whole numbers of up to 18 digits.</summary>
internal readonly struct WholeNumberReader<T> : INumberReader<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int MaxDigits = 18;

    public static bool TryRead(ReadOnlySpan<byte> json, ref int at, out T value)
    {
        int i = at;
        bool negative = (uint)i < (uint)json.Length && json[i] == '-';
        i += negative ? 1 : 0;
        int start = i;
        long digits = 0;
        for (; (uint)i < (uint)json.Length && (uint)(json[i] - '0') <= 9; i++)
        {
            digits = unchecked((digits * 10) + (json[i] - '0'));
        }

        int count = i - start;
        at = i;
        digits = negative ? -digits : digits;
        value = T.CreateTruncating(digits);
        // A fraction or an exponent is no end of an element, so the list gives up there. Of unsigned types a sign is left to the careful reader.
        return count is > 0 and <= MaxDigits && (count == 1 || json[start] != '0')
            && long.CreateTruncating(value) == digits && (!negative || T.IsNegative(T.MinValue));
    }
}
