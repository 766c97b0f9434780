using System.Text;
using System.Text.Json;

namespace ModelOperator.Protocol.Tests;

internal static class Json
{
    public static InferRequest Read(string json, ProtocolLimits? limits = null) =>
        InferRequestReader.Read(Encoding.UTF8.GetBytes(json), limits ?? new ProtocolLimits());

    public static string Error(string json, ProtocolLimits? limits = null) =>
        Assert.Throws<ProtocolException>(() => Read(json, limits).Dispose())!.Message;

    public static string Tensor(string datatype, string shape, string data) =>
        $$"""{"inputs":[{"name":"x","datatype":"{{datatype}}","shape":{{shape}},"data":{{data}}}]}""";

    public static string WriteData(TensorDataType type, ReadOnlySpan<byte> data)
    {
        using PooledBuffer buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            TensorWriter.WriteData(writer, type, data);
        }

        return Encoding.UTF8.GetString(buffer.Span);
    }
}
