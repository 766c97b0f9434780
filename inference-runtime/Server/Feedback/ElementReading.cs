using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>Reads elements of a tensor into predictions.</summary>
/// <param name="data">The elements.</param>
/// <param name="perPrediction">How many belong to each prediction.</param>
/// <param name="predictions">What is filled.</param>
internal delegate void ElementReading(ReadOnlySpan<byte> data, int perPrediction, Span<long> predictions);

/// <summary>Labels out of an output that holds them.</summary>
internal static class LabelReadings
{
    public static ElementReading For(TensorDataType type) => type switch
    {
        TensorDataType.Int8 => Signed<sbyte>,
        TensorDataType.Int16 => Signed<short>,
        TensorDataType.Int32 => Signed<int>,
        TensorDataType.Int64 => Signed<long>,
        TensorDataType.UInt8 => Signed<byte>,
        TensorDataType.UInt16 => Signed<ushort>,
        TensorDataType.UInt32 => Signed<uint>,
        TensorDataType.UInt64 => Large,
        _ => Texts,
    };

    // Of those that a long holds.
    private static void Signed<T>(ReadOnlySpan<byte> data, int perPrediction, Span<long> predictions)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = long.CreateTruncating(elements[i]);
        }
    }

    private static void Large(ReadOnlySpan<byte> data, int perPrediction, Span<long> predictions)
    {
        ReadOnlySpan<ulong> elements = MemoryMarshal.Cast<byte, ulong>(data);
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = LabelCode.Of(elements[i]);
        }
    }

    private static void Texts(ReadOnlySpan<byte> data, int perPrediction, Span<long> predictions)
    {
        for (int i = 0; i < predictions.Length; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data);
            predictions[i] = LabelCode.Of(data.Slice(sizeof(int), length));
            data = data[(sizeof(int) + length)..];
        }
    }
}

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

/// <summary>
/// Labels out of an output that holds scores of classes: the place of the largest along the last dimension, the first where there are
/// several.
/// </summary>
internal static class ScoreReadings
{
    public static ElementReading For(TensorDataType type) => type switch
    {
        TensorDataType.Fp32 => Largest<float>,
        TensorDataType.Fp64 => Largest<double>,
        TensorDataType.Fp16 => Largest<Half>,
        _ => LargestOfBf16,
    };

    private static void Largest<T>(ReadOnlySpan<byte> data, int classes, Span<long> predictions)
        where T : unmanaged, IFloatingPoint<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
        for (int row = 0; row < predictions.Length; row++)
        {
            predictions[row] = PlaceOfLargest(elements.Slice(row * classes, classes));
        }
    }

    // What is not a number is never the largest, unless there is nothing else.
    private static int PlaceOfLargest<T>(ReadOnlySpan<T> scores)
        where T : unmanaged, IFloatingPoint<T>
    {
        int largest = 0;
        while (largest < scores.Length - 1 && T.IsNaN(scores[largest]))
        {
            largest++;
        }

        T score = scores[largest];
        if (T.IsNaN(score))
        {
            return 0;
        }

        for (int i = largest + 1; i < scores.Length; i++)
        {
            if (scores[i] > score)
            {
                (largest, score) = (i, scores[i]);
            }
        }

        return largest;
    }

    private static void LargestOfBf16(ReadOnlySpan<byte> data, int classes, Span<long> predictions)
    {
        ReadOnlySpan<ushort> elements = MemoryMarshal.Cast<byte, ushort>(data);
        for (int row = 0; row < predictions.Length; row++)
        {
            int largest = 0;
            float score = float.NaN;
            for (int i = 0; i < classes; i++)
            {
                float candidate = NumberReadings.OfBf16(elements[(row * classes) + i]);
                if (candidate > score || (float.IsNaN(score) && !float.IsNaN(candidate)))
                {
                    (largest, score) = (i, candidate);
                }
            }

            predictions[row] = largest;
        }
    }
}
