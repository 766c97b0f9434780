using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelOperator.Protocol;

/// <summary>
/// The classification extension: of each row of an output the classes with the largest values, as texts <c>score:index</c> or
/// <c>score:index:label</c>.
/// </summary>
public static class Classification
{
    /// <summary>Shape of the classes of an output: a row each, unless the output is one row itself.</summary>
    /// <exception cref="ProtocolException">The output cannot be classes.</exception>
    public static long[] Shape(string output, TensorDataType type, ReadOnlySpan<long> shape, int classes)
    {
        if (type is TensorDataType.Bytes or TensorDataType.Bool)
        {
            throw new ProtocolException($"output '{output}' is {type.Name()}, classification needs numbers");
        }

        if (shape.IsEmpty)
        {
            throw new ProtocolException($"output '{output}' is a single value, classification needs a list of them");
        }

        return shape.Length == 1 ? [Math.Min(classes, shape[0])] : [shape[0], Math.Min(classes, Shapes.Count(shape[1..]))];
    }

    /// <summary>The classes, laid out as a tensor of BYTES.</summary>
    /// <param name="type">Type of the scores.</param>
    /// <param name="data">The scores.</param>
    /// <param name="rows">Rows of the output.</param>
    /// <param name="classes">Classes wanted of each row.</param>
    /// <param name="labels">Names of the classes; those that are missing have none.</param>
    /// <param name="target">Where to put the texts.</param>
    public static void Write(
        TensorDataType type, ReadOnlySpan<byte> data, long rows, int classes, IReadOnlyList<string> labels, PooledBuffer target)
    {
        int size = type.Size();
        int length = rows == 0 ? 0 : (int)(data.Length / size / rows);
        double[] scores = new double[length];
        int[] order = new int[length];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < length; i++)
            {
                scores[i] = Score(type, data.Slice(((row * length) + i) * size, size));
                order[i] = i;
            }

            // Equal scores stay in the order of their classes; what is not a number comes last.
            Array.Sort(order, (a, b) =>
                scores[a] == scores[b] || (double.IsNaN(scores[a]) && double.IsNaN(scores[b])) ? a - b : scores[b].CompareTo(scores[a]));
            for (int i = 0; i < Math.Min(classes, length); i++)
            {
                WriteClass(type, data.Slice(((row * length) + order[i]) * size, size), scores[order[i]], order[i], labels, target);
            }
        }
    }

    private static void WriteClass(
        TensorDataType type, ReadOnlySpan<byte> value, double score, int index, IReadOnlyList<string> labels, PooledBuffer target)
    {
        string text = type switch
        {
            TensorDataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(value).ToString(CultureInfo.InvariantCulture),
            TensorDataType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(value).ToString(CultureInfo.InvariantCulture),
            < TensorDataType.Fp16 => score.ToString("F0", CultureInfo.InvariantCulture),
            _ when !double.IsFinite(score) => double.IsNaN(score) ? "nan" : score > 0 ? "inf" : "-inf",
            _ => score.ToString("F6", CultureInfo.InvariantCulture),
        };
        text = index < labels.Count ? $"{text}:{index}:{labels[index]}" : $"{text}:{index}";
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> element = target.GetSpan(sizeof(int) + length);
        BinaryPrimitives.WriteInt32LittleEndian(element, length);
        Encoding.UTF8.GetBytes(text, element[sizeof(int)..]);
        target.Advance(sizeof(int) + length);
    }

    private static double Score(TensorDataType type, ReadOnlySpan<byte> value) => type switch
    {
        TensorDataType.UInt8 => value[0],
        TensorDataType.Int8 => (sbyte)value[0],
        TensorDataType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(value),
        TensorDataType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(value),
        TensorDataType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(value),
        TensorDataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
        TensorDataType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(value),
        TensorDataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(value),
        TensorDataType.Fp16 => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
        TensorDataType.Fp32 => BinaryPrimitives.ReadSingleLittleEndian(value),
        TensorDataType.Fp64 => BinaryPrimitives.ReadDoubleLittleEndian(value),
        _ => MemoryMarshal.Read<BFloat16>(value).ToSingle(),
    };
}
