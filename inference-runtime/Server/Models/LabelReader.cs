using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
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
    public string[] Read(ReadOnlySpan<byte> data, long[] shape) =>
        _output.DataType == TensorDataType.Bytes ? Strings(data) : ReadNumbers(data, shape);

    /// <summary>The labels out of a server's answer, by the same rule; none when it is not the output the model promised.</summary>
    public string[] Read(InferTensor answer) =>
        answer.DataType == _output.DataType ? Read(answer.Data.Span, answer.Shape) : [];

    private string[] ReadNumbers(ReadOnlySpan<byte> data, long[] shape)
    {
        switch (_output.DataType)
        {
            case TensorDataType.Int8: return Integers<sbyte>(data);
            case TensorDataType.Int16: return Integers<short>(data);
            case TensorDataType.Int32: return Integers<int>(data);
            case TensorDataType.Int64: return Integers<long>(data);
            case TensorDataType.UInt8: return Integers<byte>(data);
            case TensorDataType.UInt16: return Integers<ushort>(data);
            case TensorDataType.UInt32: return Integers<uint>(data);
            case TensorDataType.UInt64: return Integers<ulong>(data);
        }

        int classes = shape.Length >= 2 ? (int)shape[^1] : 0;
        if (classes < 2)
        {
            return [];
        }

        return _output.DataType switch
        {
            TensorDataType.Fp32 => Largest<float>(data, classes),
            TensorDataType.Fp64 => Largest<double>(data, classes),
            _ => Largest<Half>(data, classes),
        };
    }

    private static bool IsLabel(TensorDataType type) =>
        type is TensorDataType.Bytes or (>= TensorDataType.UInt8 and <= TensorDataType.Int64);

    private static bool IsFloatingPoint(TensorDataType type) => type is TensorDataType.Fp16 or TensorDataType.Fp32 or TensorDataType.Fp64;

    private static string[] Strings(ReadOnlySpan<byte> data)
    {
        List<string> labels = [];
        while (data.Length > 0)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data);
            labels.Add(Encoding.UTF8.GetString(data.Slice(sizeof(int), length)));
            data = data[(sizeof(int) + length)..];
        }

        return [.. labels];
    }

    private static string[] Integers<T>(ReadOnlySpan<byte> data)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
        string[] labels = new string[elements.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = elements[i].ToString() ?? "";
        }

        return labels;
    }

    private static string[] Largest<T>(ReadOnlySpan<byte> data, int classes)
        where T : unmanaged, IFloatingPoint<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
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
