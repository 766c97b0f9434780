using System.Numerics;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>Numbers out of an output, as the bits of doubles.</summary>
internal static class NumberReadings
{
    public static ElementReading For(TensorDataType type) => type switch
    {
        TensorDataType.Fp32 => Numbers<float>,
        TensorDataType.Fp64 => Numbers<double>,
        TensorDataType.Fp16 => Numbers<Half>,
        TensorDataType.Int8 => Numbers<sbyte>,
        TensorDataType.Int16 => Numbers<short>,
        TensorDataType.Int32 => Numbers<int>,
        TensorDataType.Int64 => Numbers<long>,
        TensorDataType.UInt8 => Numbers<byte>,
        TensorDataType.UInt16 => Numbers<ushort>,
        TensorDataType.UInt32 => Numbers<uint>,
        TensorDataType.UInt64 => Numbers<ulong>,
        _ => NumbersOfBf16,
    };

    /// <summary>The upper half of a float's bits.</summary>
    public static float OfBf16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static void Numbers<T>(ReadOnlySpan<byte> data, int perPrediction, Span<long> predictions)
        where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = BitConverter.DoubleToInt64Bits(double.CreateTruncating(elements[i]));
        }
    }

    private static void NumbersOfBf16(ReadOnlySpan<byte> data, int perPrediction, Span<long> predictions)
    {
        ReadOnlySpan<ushort> elements = MemoryMarshal.Cast<byte, ushort>(data);
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = BitConverter.DoubleToInt64Bits(OfBf16(elements[i]));
        }
    }
}
