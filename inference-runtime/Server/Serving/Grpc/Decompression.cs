using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// Compression that takes bytes it cannot decompress for the client's error, where the library would log one of the server.
/// </summary>
internal sealed class Decompression(ICompressionProvider inner) : ICompressionProvider
{
    /// <summary>Tensors compress little, and clients wait.</summary>
    private const CompressionLevel Level = CompressionLevel.Fastest;

    public static IReadOnlyList<Decompression> All { get; } =
        [new(new GzipCompressionProvider(Level)), new(new DeflateCompressionProvider(Level))];

    public string EncodingName => inner.EncodingName;

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        inner.CreateCompressionStream(stream, compressionLevel);

    public Stream CreateDecompressionStream(Stream stream) => new Checked(inner.CreateDecompressionStream(stream), EncodingName);

    private sealed class Checked(Stream inner, string encoding) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return inner.Read(buffer);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                // An IOException is what zlib's other refusals are, as of a dictionary that is not there.
                throw new RpcException(new Status(StatusCode.Internal, $"a message cannot be decompressed: it is not {encoding}", e));
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
