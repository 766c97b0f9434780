namespace ModelOperator.Protocol;

/// <summary>Element types of the Open Inference Protocol.</summary>
public enum TensorDataType
{
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
    Bf16,
    Bytes,
}

/// <summary>Names and sizes of the element types.</summary>
public static class TensorDataTypes
{
    private static readonly string[] Names =
    [
        "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BF16", "BYTES",
    ];

    private static readonly byte[][] Texts = [.. Names.Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>All names, for messages.</summary>
    public static string AllNames { get; } = string.Join(", ", Names);

    /// <summary>The protocol's name of a type.</summary>
    public static string Name(this TensorDataType type) => Names[(int)type];

    /// <inheritdoc cref="Name"/>
    public static ReadOnlySpan<byte> Utf8Name(this TensorDataType type) => Texts[(int)type];

    /// <summary>Bytes an element takes; 0 for <see cref="TensorDataType.Bytes"/>, whose elements differ.</summary>
    public static int Size(this TensorDataType type) => type switch
    {
        TensorDataType.Bool or TensorDataType.UInt8 or TensorDataType.Int8 => 1,
        TensorDataType.UInt16 or TensorDataType.Int16 or TensorDataType.Fp16 or TensorDataType.Bf16 => 2,
        TensorDataType.UInt32 or TensorDataType.Int32 or TensorDataType.Fp32 => 4,
        TensorDataType.UInt64 or TensorDataType.Int64 or TensorDataType.Fp64 => 8,
        _ => 0,
    };

    /// <summary>The type of a name, as the protocol writes it.</summary>
    public static bool TryParse(string name, out TensorDataType type)
    {
        int index = Array.IndexOf(Names, name);
        type = (TensorDataType)Math.Max(index, 0);
        return index >= 0;
    }

    /// <inheritdoc cref="TryParse(string, out TensorDataType)"/>
    internal static bool TryParse(ReadOnlySpan<byte> name, out TensorDataType type)
    {
        for (int i = 0; i < Texts.Length; i++)
        {
            if (name.SequenceEqual(Texts[i]))
            {
                type = (TensorDataType)i;
                return true;
            }
        }

        type = default;
        return false;
    }
}
