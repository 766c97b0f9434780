using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>Reads numbers as the nearest float.</summary>
internal readonly struct Fp32NumberReader : INumberReader<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> json, ref int at, out float value)
    {
        int start = at;
        DecimalScanner number = default;
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
    private static bool TryConvert(in DecimalScanner number, out float value)
    {
        const ulong BelowFloat = (1UL << 29) - 1;
        const ulong HalfWay = 1UL << 28;
        const ulong Error = 2;
        const double LeastNormal = 1.17549435E-38;
        value = 0;
        if (!number.Whole || !PowersOfTen.TryScale((long)number.Digits, number.Exponent, out double scaled))
        {
            return false;
        }

        ulong rest = BitConverter.DoubleToUInt64Bits(scaled) & BelowFloat;
        value = (float)(number.Negative ? -scaled : scaled);
        return rest - (HalfWay - Error) > 2 * Error && ((scaled >= LeastNormal && scaled <= float.MaxValue) || number.Digits == 0);
    }
}

/// <summary>Reads numbers as the nearest double.</summary>
internal readonly struct Fp64NumberReader : INumberReader<double>
{
    /// <summary>Up to here every whole number is a double.</summary>
    private const ulong MaxExact = 1UL << 53;

    public static bool TryRead(ReadOnlySpan<byte> json, ref int at, out double value)
    {
        int start = at;
        value = 0;
        DecimalScanner number = default;
        if (!number.TryScan(json, ref at))
        {
            return false;
        }

        // Both factors are exact, so the one rounding of the product is the right one.
        if (number.Whole && number.Digits <= MaxExact && PowersOfTen.TryScale((long)number.Digits, number.Exponent, out value))
        {
            value = number.Negative ? -value : value;
            return true;
        }

        ReadOnlySpan<byte> text = json[start..at];
        return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && double.IsFinite(value);
    }
}

internal readonly struct Fp16NumberReader : INumberReader<Half>
{
    public static bool TryRead(ReadOnlySpan<byte> json, ref int at, out Half value)
    {
        bool read = Fp64NumberReader.TryRead(json, ref at, out double number);
        value = (Half)number;
        return read && Half.IsFinite(value);
    }
}

internal readonly struct Bf16NumberReader : INumberReader<BFloat16>
{
    public static bool TryRead(ReadOnlySpan<byte> json, ref int at, out BFloat16 value)
    {
        bool read = Fp32NumberReader.TryRead(json, ref at, out float number);
        value = BFloat16.FromSingle(number);
        return read && float.IsFinite(value.ToSingle());
    }
}
