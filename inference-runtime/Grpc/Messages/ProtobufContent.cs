using System.IO.Pipelines;
using Google.Protobuf;

namespace ModelOperator.Grpc;

/// <summary>A message of Google.Protobuf.</summary>
internal readonly struct ProtobufContent(IMessage message) : IMessageContent
{
    // Computes the sizes of nested messages too, which writing needs.
    public long Size { get; } = message.CalculateSize();

    public ValueTask WriteToAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        message.WriteTo(output);
        return ValueTask.CompletedTask;
    }
}
