using System.IO.Compression;
using System.IO.Pipelines;

namespace ModelOperator.Grpc;

/// <summary>Compresses messages.</summary>
internal static class Compression
{
    public static async ValueTask CompressAsync<T>(T content, MessageEncoding encoding, Stream target, CancellationToken cancellationToken)
        where T : IMessageContent
    {
        // Tensors compress little, and clients wait.
        await using Stream stream = encoding == MessageEncoding.Gzip
            ? new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true);
        PipeWriter writer = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        await content.WriteToAsync(writer, cancellationToken);
        await writer.CompleteAsync();
    }
}
