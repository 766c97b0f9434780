using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace ModelOperator.Protocol.Numbers;

internal readonly struct TruthFormat : INumberFormat<byte>
{
    public static int MaxLength => 5;

    public static int Write(byte value, Span<byte> target)
    {
        ReadOnlySpan<byte> text = value != 0 ? "true"u8 : "false"u8;
        text.CopyTo(target);
        return text.Length;
    }
}

internal readonly struct WholeFormat<T> : INumberFormat<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static int MaxLength => 20;

    public static int Write(T value, Span<byte> target)
    {
        value.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        return written;
    }
}

internal readonly struct Fp64Format : INumberFormat<double>
{
    public static int MaxLength => 32;

    public static int Write(double value, Span<byte> target)
    {
        if (!double.IsFinite(value))
        {
            return WriteName(value, target);
        }

        Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }

    /// <summary>JSON has no numbers for these three; their names are those that System.Text.Json and protobuf use.</summary>
    internal static int WriteName(double value, Span<byte> target)
    {
        ReadOnlySpan<byte> name = double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;
        name.CopyTo(target);
        return name.Length;
    }
}

internal readonly struct Fp32Format : INumberFormat<float>
{
    public static int MaxLength => FloatText.MaxLength;

    public static int Write(float value, Span<byte> target) =>
        float.IsFinite(value) ? FloatText.Write(value, target) : Fp64Format.WriteName(value, target);
}

internal readonly struct Fp16Format : INumberFormat<Half>
{
    public static int MaxLength => Fp32Format.MaxLength;

    public static int Write(Half value, Span<byte> target) => Fp32Format.Write((float)value, target);
}

internal readonly struct Bf16Format : INumberFormat<BFloat16>
{
    public static int MaxLength => Fp32Format.MaxLength;

    public static int Write(BFloat16 value, Span<byte> target) => Fp32Format.Write(value.ToSingle(), target);
}
