using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>Writes elements as a JSON list.</summary>
internal static class NumberListWriter
{
    /// <summary>Room is asked for by so many elements, so that large lists do not take all they could need at once.</summary>
    private const int Block = 256;

    public static void Write<T, TFormat>(PooledBuffer json, ReadOnlySpan<byte> data)
        where T : unmanaged
        where TFormat : struct, INumberFormat<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
        json.Write("["u8);
        while (elements.Length > 0)
        {
            ReadOnlySpan<T> block = elements[..Math.Min(Block, elements.Length)];
            elements = elements[block.Length..];
            WriteBlock<T, TFormat>(json, block, last: elements.IsEmpty);
        }

        json.Write("]"u8);
    }

    private static void WriteBlock<T, TFormat>(PooledBuffer json, ReadOnlySpan<T> block, bool last)
        where T : unmanaged
        where TFormat : struct, INumberFormat<T>
    {
        Span<byte> target = json.GetSpan(block.Length * (TFormat.MaxLength + 1));
        int at = 0;
        foreach (T value in block)
        {
            at += TFormat.Write(value, target[at..]);
            target[at++] = (byte)',';
        }

        json.Advance(last ? at - 1 : at);
    }
}

/// <summary>Writes an element of a type as JSON.</summary>
internal interface INumberFormat<T>
    where T : unmanaged
{
    /// <summary>Bytes an element takes at most.</summary>
    static abstract int MaxLength { get; }

    /// <summary>Writes an element.</summary>
    /// <returns>Its bytes.</returns>
    static abstract int Write(T value, Span<byte> target);
}

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
