using System.Numerics;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

/// <summary>Labels out of an output that holds scores of classes: the place of the largest along the last dimension, the first where there are several.</summary>
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
