using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// Reads one JSON value as an element of a type, exactly: what does not fit is refused, never rounded to a limit or wrapped.
/// </summary>
internal interface IElementReader<T>
    where T : unmanaged
{
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);
}

internal readonly struct BoolReader : IElementReader<byte>
{
    public static bool TryRead(ref Utf8JsonReader reader, out byte value)
    {
        value = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }
}

internal readonly struct UInt8Reader : IElementReader<byte>
{
    public static bool TryRead(ref Utf8JsonReader reader, out byte value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out value);
    }
}

internal readonly struct UInt16Reader : IElementReader<ushort>
{
    public static bool TryRead(ref Utf8JsonReader reader, out ushort value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out value);
    }
}

internal readonly struct UInt32Reader : IElementReader<uint>
{
    public static bool TryRead(ref Utf8JsonReader reader, out uint value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out value);
    }
}

internal readonly struct UInt64Reader : IElementReader<ulong>
{
    public static bool TryRead(ref Utf8JsonReader reader, out ulong value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out value);
    }
}

internal readonly struct Int8Reader : IElementReader<sbyte>
{
    public static bool TryRead(ref Utf8JsonReader reader, out sbyte value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetSByte(out value);
    }
}

internal readonly struct Int16Reader : IElementReader<short>
{
    public static bool TryRead(ref Utf8JsonReader reader, out short value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt16(out value);
    }
}

internal readonly struct Int32Reader : IElementReader<int>
{
    public static bool TryRead(ref Utf8JsonReader reader, out int value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value);
    }
}

internal readonly struct Int64Reader : IElementReader<long>
{
    public static bool TryRead(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value);
    }
}

internal readonly struct Fp64Reader : IElementReader<double>
{
    public static bool TryRead(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetDouble(out value) && double.IsFinite(value),
            JsonTokenType.String => TryReadName(ref reader, out value),
            _ => false,
        };
    }

    /// <summary>JSON has no numbers for these three; their names are those that System.Text.Json and protobuf use.</summary>
    private static bool TryReadName(ref Utf8JsonReader reader, out double value)
    {
        if (BareNumbers.IsMark(reader.ValueSpan))
        {
            value = BareNumbers.Value(reader.ValueSpan);
            return true;
        }

        (bool known, value) = reader.ValueTextEquals("NaN"u8) ? (true, double.NaN)
            : reader.ValueTextEquals("Infinity"u8) ? (true, double.PositiveInfinity)
            : reader.ValueTextEquals("-Infinity"u8) ? (true, double.NegativeInfinity)
            : (false, 0);
        return known;
    }
}

internal readonly struct Fp32Reader : IElementReader<float>
{
    public static bool TryRead(ref Utf8JsonReader reader, out float value)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetSingle(out value) && float.IsFinite(value);
        }

        bool read = Fp64Reader.TryRead(ref reader, out double number);
        value = (float)number;
        return read;
    }
}

internal readonly struct Fp16Reader : IElementReader<Half>
{
    public static bool TryRead(ref Utf8JsonReader reader, out Half value)
    {
        bool read = Fp64Reader.TryRead(ref reader, out double number);
        value = (Half)number;
        return read && Half.IsFinite(value) == double.IsFinite(number);
    }
}

internal readonly struct Bf16Reader : IElementReader<BFloat16>
{
    public static bool TryRead(ref Utf8JsonReader reader, out BFloat16 value)
    {
        bool read = Fp32Reader.TryRead(ref reader, out float number);
        value = BFloat16.FromSingle(number);
        return read && float.IsFinite(value.ToSingle()) == float.IsFinite(number);
    }
}

/// <summary>The upper half of a float: same exponent, seven bits of fraction.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BFloat16(ushort bits)
{
    private readonly ushort _bits = bits;

    public static BFloat16 FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Rounding could carry a NaN over into infinity.
            return new BFloat16((ushort)((bits >> 16) | 0x40));
        }

        // To nearest, ties to even.
        return new BFloat16((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)_bits << 16);
}
