using System.Buffers;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>A message to send, written where it goes.</summary>
internal interface IMessageContent
{
    /// <summary>Bytes that will be written.</summary>
    long Size { get; }

    /// <summary>Writes exactly <see cref="Size"/> bytes.</summary>
    void Write(IBufferWriter<byte> output);
}
