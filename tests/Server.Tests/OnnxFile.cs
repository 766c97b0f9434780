using System.Text;

namespace ModelOperator.Server.Tests;

/// <summary>
/// Writes small ONNX files: one node of any operator. An ONNX file is a protobuf message; the few fields needed are written by hand
/// (field numbers of onnx.proto), which spares the repository binary files that nobody can read.
/// </summary>
internal static class OnnxFile
{
    public const int Float = 1,
        UInt8 = 2,
        Int8 = 3,
        UInt16 = 4,
        Int16 = 5,
        Int32 = 6,
        Int64 = 7,
        String = 8,
        Bool = 9,
        Float16 = 10,
        Double = 11,
        UInt32 = 12,
        UInt64 = 13,
        BFloat16 = 16;

    /// <summary>A file with one node and returns its path.</summary>
    public static string Write(
        string directory, string op, (string Name, int Type, string[] Shape)[] inputs, byte[][] outputs, string[] outputNames,
        byte[][]? attributes = null, string domain = "")
    {
        byte[] node = Join(
            [
                .. inputs.Select(i => Text(1, i.Name)),
                .. outputNames.Select(n => Text(2, n)),
                Text(4, op),
                .. (attributes ?? []).Select(a => Bytes(5, a)),
                Text(7, domain),
            ]);
        byte[] graph = Join([
            Bytes(1, node),
            Text(2, "graph"),
            .. inputs.Select(i => Bytes(11, Tensor(i.Name, i.Type, i.Shape))),
            .. outputs.Select(o => Bytes(12, o)),
        ]);
        byte[] model =
            Join([Number(1, 8), Bytes(7, graph), Bytes(8, Number(2, 13)), Bytes(8, Join([Text(1, "ai.onnx.ml"), Number(2, 2)]))]);
        string path = Path.Combine(directory, $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }

    /// <summary>A model that gives back what it gets.</summary>
    public static string Identity(string directory, int type, params string[] shape) =>
        Write(directory, "Identity", [("x", type, shape)], [Tensor("y", type, shape)], ["y"]);

    /// <summary>A tensor as input or output; dimensions are numbers or names.</summary>
    public static byte[] Tensor(string name, int type, string[] shape)
    {
        byte[] dimensions = Join([.. shape.Select(d => Bytes(1, long.TryParse(d, out long length) ? Number(1, length) : Text(2, d)))]);
        return Join([Text(1, name), Bytes(2, Bytes(1, Join([Number(1, type), Bytes(2, dimensions)])))]);
    }

    /// <summary>An output that is a sequence of maps from whole numbers to floats, as scikit-learn's classifiers have.</summary>
    public static byte[] SequenceOfMaps(string name)
    {
        byte[] tensor = Bytes(1, Number(1, Float));
        byte[] map = Bytes(5, Join([Number(1, Int64), Bytes(2, tensor)]));
        return Join([Text(1, name), Bytes(2, Bytes(4, Bytes(1, map)))]);
    }

    /// <summary>An attribute that is a list of whole numbers.</summary>
    public static byte[] Integers(string name, params long[] values) =>
        Join([Text(1, name), .. values.Select(v => Number(8, v)), Number(20, 7)]);

    /// <summary>An attribute that is a whole number.</summary>
    public static byte[] Integer(string name, long value) => Join([Text(1, name), Number(3, value), Number(20, 2)]);

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(long value)
    {
        ulong rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            yield return (byte)(rest | 0x80);
        }

        yield return (byte)rest;
    }

    private static byte[] Join(byte[][] parts) => [.. parts.SelectMany(p => p)];
}
