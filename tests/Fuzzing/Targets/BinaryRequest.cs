using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>Infer requests whose tensors follow the JSON. Of an input the JSON ends where a byte is that UTF-8 never has.</summary>
internal sealed class BinaryRequest : ITarget
{
    public const byte EndOfJson = 0xff;

    private static readonly ProtocolLimits Limits = new();

    public string Name => "binary";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Targets.Seeds.Binary(
            """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}""",
            new byte[8]),
        Targets.Seeds.Binary(
            """{"inputs":[{"name":"x","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":11}}],"parameters":"""
            + """{"binary_data_output":true}}""",
            3, 0, 0, 0, 65, 66, 67, 0, 0, 0, 0),
        Targets.Seeds.Binary(
            """{"inputs":[{"name":"x","datatype":"BOOL","shape":[1],"parameters":{"binary_data_size":1}},"""
            + """{"name":"y","datatype":"INT64","shape":[1],"parameters":{"binary_data_size":8}},{"name":"z","datatype":"INT8","shape":"""
            + """[1],"data":[1]}],"outputs":[{"name":"o","parameters":{"binary_data":true}}]}""",
            1, 1, 2, 3, 4, 5, 6, 7, 8),
    ];

    public IReadOnlyList<byte[]> Words => Targets.Words.OfJson;

    public void Read(byte[] input)
    {
        int end = input.AsSpan().IndexOf(EndOfJson);
        int length = end < 0 ? input.Length : end;
        Memory<byte> binary = input.AsMemory(Math.Min(length + 1, input.Length));
        Agreement.Check(
            () => InferRequestReader.Read(input.AsSpan(0, length), binary, Limits),
            () => InferRequestReader.ReadCarefully(input.AsSpan(0, length), binary, Limits));
    }
}
