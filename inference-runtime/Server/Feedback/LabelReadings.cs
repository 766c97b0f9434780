using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Feedback;

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
