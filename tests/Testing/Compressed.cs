using System.IO.Compression;

namespace ModelOperator.Testing;

/// <summary>Bytes in the codings that HTTP and gRPC call gzip and deflate.</summary>
public static class Compressed
{
    public static byte[] Gzip(byte[] plain) => Write(plain, target => new GZipStream(target, CompressionLevel.Optimal));

    public static byte[] Deflate(byte[] plain) => Write(plain, target => new ZLibStream(target, CompressionLevel.Optimal));

    private static byte[] Write(byte[] plain, Func<Stream, Stream> open)
    {
        using var target = new MemoryStream();
        using (Stream coded = open(target))
        {
            coded.Write(plain);
        }

        return target.ToArray();
    }
}
