using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ModelOperator.Server.Rest;

/// <summary>A compression of bodies.</summary>
internal sealed class ContentCoding
{
    /// <summary>Smaller bodies are not worth the work.</summary>
    private const int LeastLength = 1024;

    private static readonly ContentCoding Gzip = new(
        "gzip", s => new GZipStream(s, CompressionMode.Decompress), s => new GZipStream(s, CompressionLevel.Fastest));

    // HTTP's deflate is in zlib's format.
    private static readonly ContentCoding Deflate = new(
        "deflate", s => new ZLibStream(s, CompressionMode.Decompress), s => new ZLibStream(s, CompressionLevel.Fastest));

    private readonly Func<Stream, Stream> _decompress;
    private readonly Func<Stream, Stream> _compress;

    private ContentCoding(string name, Func<Stream, Stream> decompress, Func<Stream, Stream> compress) =>
        (Name, _decompress, _compress) = (name, decompress, compress);

    public string Name { get; }

    /// <summary>The coding of a name; null when it is none of these. HTTP keeps x-gzip for old clients.</summary>
    public static ContentCoding? Find(string? name) =>
        string.Equals(name, Gzip.Name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(name, "x-gzip", StringComparison.OrdinalIgnoreCase)
        ? Gzip
        : string.Equals(name, Deflate.Name, StringComparison.OrdinalIgnoreCase) ? Deflate
        : null;

    /// <summary>The coding for a response; null when the client wants none of these or prefers identity, or the body is small.</summary>
    public static ContentCoding? Choose(StringValues acceptEncoding, long length)
    {
        if (acceptEncoding.Count == 0 || length < LeastLength
            || !StringWithQualityHeaderValue.TryParseList(acceptEncoding, out IList<StringWithQualityHeaderValue>? accepted))
        {
            return null;
        }

        (ContentCoding? best, double most, double identity) = (null, 0, 0);
        foreach (StringWithQualityHeaderValue value in accepted)
        {
            double quality = value.Quality ?? 1;
            if (Find(value.Value.Value) is { } coding && quality > most)
            {
                (best, most) = (coding, quality);
            }
            else if (value.Value.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                identity = quality;
            }
        }

        return most >= identity ? best : null;
    }

    public Stream Decompress(Stream compressed) => _decompress(compressed);

    public Stream Compress(Stream target) => _compress(target);
}
