using System.Numerics;
using System.Runtime.CompilerServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>
/// Writes floats as .NET does, the shortest text that is read back as the same float, in less time. The benchmark row "4 MB of float32 as
/// JSON" pays for it.
/// </summary>
internal static class FloatText
{
    /// <summary>The sign, nine digits, the point, and either four zeros before them or an exponent after them.</summary>
    public const int MaxLength = 16;

    // Smaller and larger numbers are written with an exponent.
    private const int LeastPoint = -3;
    private const int MostPoint = 9;

    private static ReadOnlySpan<byte> Pairs =>
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"u8
        + "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"u8;

    private static ReadOnlySpan<uint> Powers => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <param name="value">A finite number.</param>
    /// <param name="target">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(float value, Span<byte> target)
    {
        target = target[..MaxLength];
        int at = 0;
        if (float.IsNegative(value))
        {
            target[at++] = (byte)'-';
        }

        ShortestDecimal number = ShortestDecimal.Of(value);
        int digits = Count(number.Digits);
        // Digits before the decimal point; none or fewer where the number begins with "0.".
        int point = digits + number.Exponent;
        if (point is < LeastPoint or > MostPoint)
        {
            return WithExponent(number.Digits, digits, point - 1, target, at);
        }

        if (point <= 0)
        {
            "0.000"u8.CopyTo(target[at..]);
            at += 2 - point;
            WriteDigits(number.Digits, target.Slice(at, digits));
            return at + digits;
        }

        if (point >= digits)
        {
            WriteDigits(number.Digits, target.Slice(at, digits));
            target[(at + digits)..(at + point)].Fill((byte)'0');
            return at + point;
        }

        WriteAround(number.Digits, digits, point, target[at..]);
        return at + digits + 1;
    }

    private static int WithExponent(uint number, int digits, int exponent, Span<byte> target, int at)
    {
        if (digits == 1)
        {
            target[at++] = (byte)('0' + number);
        }
        else
        {
            WriteAround(number, digits, 1, target[at..]);
            at += digits + 1;
        }

        target[at++] = (byte)'E';
        target[at++] = (byte)(exponent < 0 ? '-' : '+');
        WriteDigits((uint)Math.Abs(exponent), target.Slice(at, 2));
        return at + 2;
    }

    /// <summary>Digits with a point among them.</summary>
    private static void WriteAround(uint number, int digits, int point, Span<byte> target)
    {
        (uint whole, uint rest) = Math.DivRem(number, Powers[digits - point]);
        WriteDigits(whole, target[..point]);
        target[point] = (byte)'.';
        WriteDigits(rest, target.Slice(point + 1, digits - point));
    }

    /// <summary>As many digits as there is room for, from the last to the first.</summary>
    private static void WriteDigits(uint number, Span<byte> target)
    {
        int at = target.Length;
        while (at >= 2)
        {
            (number, uint pair) = Math.DivRem(number, 100);
            at -= 2;
            Pairs.Slice((int)pair * 2, 2).CopyTo(target[at..]);
        }

        if (at == 1)
        {
            target[0] = (byte)('0' + number);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Count(uint number)
    {
        // A bit is 0.301 of a digit.
        int digits = (((32 - BitOperations.LeadingZeroCount(number | 1)) * 1233) >> 12) + 1;
        return digits <= Powers.Length && number >= Powers[digits - 1] ? digits : Math.Max(digits - 1, 1);
    }
}
