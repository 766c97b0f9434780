using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Models;

/// <summary>
/// Reads what a classifier predicted: its first output of labels (whole numbers or strings, one for each row), else the place of the
/// largest value along the last axis of its first floating-point output.
/// </summary>
internal sealed class LabelReader
{
    private readonly TensorSpec _output;

    private LabelReader(TensorSpec output) => _output = output;

    /// <summary>The output that is read.</summary>
    public string OutputName => _output.Name;

    public static LabelReader? For(IReadOnlyList<TensorSpec> outputs)
    {
        TensorSpec? output = outputs.FirstOrDefault(o => IsLabel(o.DataType) && (o.Shape.Length <= 1 || (o.Shape.Length == 2 && o.Shape[1] == 1)))
            ?? outputs.FirstOrDefault(o => IsFloatingPoint(o.DataType) && o.Shape.Length != 1 && (o.Shape.Length == 0 || o.Shape[^1] != 1));
        return output is null ? null : new LabelReader(output);
    }

    /// <summary>The labels, one for each row; none when the output turns out to have a shape that tells no classes.</summary>
    public string[] Read(OrtValue value, long[] shape)
    {
        switch (_output.DataType)
        {
            case TensorDataType.Bytes: return value.GetStringTensorAsArray();
            case TensorDataType.Int8: return Integers<sbyte>(value);
            case TensorDataType.Int16: return Integers<short>(value);
            case TensorDataType.Int32: return Integers<int>(value);
            case TensorDataType.Int64: return Integers<long>(value);
            case TensorDataType.UInt8: return Integers<byte>(value);
            case TensorDataType.UInt16: return Integers<ushort>(value);
            case TensorDataType.UInt32: return Integers<uint>(value);
            case TensorDataType.UInt64: return Integers<ulong>(value);
        }

        int classes = shape.Length >= 2 ? (int)shape[^1] : 0;
        if (classes < 2)
        {
            return [];
        }

        return _output.DataType switch
        {
            TensorDataType.Fp32 => Largest<float>(value, classes),
            TensorDataType.Fp64 => Largest<double>(value, classes),
            _ => Largest<Half>(value, classes),
        };
    }

    private static bool IsLabel(TensorDataType type) =>
        type is TensorDataType.Bytes or (>= TensorDataType.UInt8 and <= TensorDataType.Int64);

    private static bool IsFloatingPoint(TensorDataType type) => type is TensorDataType.Fp16 or TensorDataType.Fp32 or TensorDataType.Fp64;

    private static string[] Integers<T>(OrtValue value)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(value.GetTensorMutableRawData());
        string[] labels = new string[elements.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = elements[i].ToString() ?? "";
        }

        return labels;
    }

    private static string[] Largest<T>(OrtValue value, int classes)
        where T : unmanaged, IFloatingPoint<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(value.GetTensorMutableRawData());
        string[] labels = new string[elements.Length / classes];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<T> scores = elements.Slice(row * classes, classes);
            int largest = 0;
            for (int i = 1; i < classes; i++)
            {
                // Not a number compares as false and so is never the largest, unless it is the first.
                largest = scores[i] > scores[largest] || T.IsNaN(scores[largest]) ? i : largest;
            }

            labels[row] = largest.ToString();
        }

        return labels;
    }
}
