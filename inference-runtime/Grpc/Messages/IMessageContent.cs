using System.IO.Pipelines;

namespace ModelOperator.Grpc;

/// <summary>A message to send, written where it goes.</summary>
public interface IMessageContent
{
    /// <summary>Bytes that will be written.</summary>
    long Size { get; }

    /// <summary>Writes exactly <see cref="Size"/> bytes. Flushing is for large ones only, so that they need not be held whole.</summary>
    ValueTask WriteToAsync(PipeWriter output, CancellationToken cancellationToken);
}
