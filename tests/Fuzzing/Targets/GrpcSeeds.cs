using Google.Protobuf;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>Messages of <c>inference.ModelInferRequest</c>, written field by field.</summary>
internal static class GrpcSeeds
{
    /// <summary>The field of InferTensorContents for each type; BOOL is field 1.</summary>
    private static readonly (string Type, int Field, byte[] Values)[] Typed =
    [
        ("BOOL", 1, [1, 0]), ("INT8", 2, [1, 2]),
        ("INT32", 2, [1, 2]), ("INT64", 3, [1, 2]), ("UINT8", 4, [1, 2]), ("UINT32", 4, [1, 2]), ("UINT64", 5, [1, 2]),
        ("FP32", 6, [0, 0, 128, 63, 0, 0, 0, 64]), ("FP64", 7, [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 64]),
    ];

    public static IEnumerable<byte[]> All()
    {
        foreach ((string type, int field, byte[] values) in Typed)
        {
            yield return Request(Tensor(type, Field(5, Field(field, values))));
        }

        yield return Request(Tensor("BYTES", Field(5, [.. Field(8, "a"u8), .. Field(8, "bc"u8)])));
        foreach ((string type, int size) in ((string, int)[])[("FP16", 2), ("BF16", 2), ("FP32", 4), ("INT64", 8)])
        {
            yield return [.. Request(Tensor(type, [])), .. Field(7, new byte[2 * size])];
        }

        yield return Field(1, "m"u8);
        yield return [.. Field(1, "m"u8), .. Field(5, [.. Field(1, "x"u8), .. Field(2, "FP16"u8), .. Field(3, [1, 0, 4])])];
        yield return [.. Request(Tensor("BYTES", [])), .. Field(7, [1, 0, 0, 0, 65, 2, 0, 0, 0, 66, 67])];
        yield return
        [
            .. Request(Tensor("INT8", Field(5, Field(2, [1, 2])))),
            .. Field(2, "1"u8), .. Field(3, "id"u8),
            .. Field(4, [.. Field(1, "priority"u8), .. Field(2, Number(2, 3))]),
            .. Field(4, [.. Field(1, "timeout"u8), .. Field(2, Number(2, 1000))]),
            .. Field(6, [.. Field(1, "y"u8), .. Field(2, [.. Field(1, "classification"u8), .. Field(2, Number(2, 3))])]),
            .. Field(6, Field(1, "z"u8)),
        ];
    }

    private static byte[] Request(byte[] tensor) => [.. Field(1, "m"u8), .. Field(5, tensor)];

    private static byte[] Tensor(string type, byte[] rest) =>
        [.. Field(1, "x"u8), .. Field(2, Words.Utf8(type)), .. Field(3, [1, 2]), .. rest];

    private static byte[] Field(int number, ReadOnlySpan<byte> value)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }

        return stream.ToArray();
    }

    private static byte[] Number(int number, ulong value)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.Varint);
            output.WriteUInt64(value);
        }

        return stream.ToArray();
    }
}
