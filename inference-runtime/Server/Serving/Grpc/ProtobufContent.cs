using System.Buffers;
using Google.Protobuf;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>A message of Google.Protobuf.</summary>
internal sealed class ProtobufContent(IMessage message) : IMessageContent
{
    public long Size { get; } = message.CalculateSize();

    public void Write(IBufferWriter<byte> output) => message.WriteTo(output);
}
