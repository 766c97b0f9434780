using System.Buffers;
using ModelOperator.Protocol.Grpc;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>A <c>ModelStreamInferResponse</c> that is a success: the response within its field.</summary>
internal sealed class StreamResponseContent(InferResponseContent response) : IMessageContent
{
    private const int InferResponseField = 2;
    private const int MaxHead = 11;

    public long Size => 1 + ProtoWriter.VarintSize((ulong)response.Size) + response.Size;

    public void Write(IBufferWriter<byte> output)
    {
        ProtoWriter writer = new(output.GetSpan(MaxHead));
        writer.Varint((InferResponseField << 3) | 2);
        writer.Varint((ulong)response.Size);
        output.Advance(writer.Length);
        response.Write(output);
    }
}
