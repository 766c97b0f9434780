using Grpc.Core;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Answers a client that compresses its messages in kind, where it accepts that.</summary>
internal static class ResponseCompression
{
    /// <summary>Less than this costs more to compress than it saves.</summary>
    public const int MinBytes = 1024;

    /// <summary>The library's name for the encoding of a call's answers.</summary>
    private const string EncodingKey = "grpc-internal-encoding-request";

    private static readonly string[] Encodings = ["gzip", "deflate"];

    /// <summary>The encoding of a call's answers; null leaves them as they are.</summary>
    public static string? Of(IHeaderDictionary headers)
    {
        if (headers.GrpcEncoding is not [{ } encoding] || !Encodings.Contains(encoding, StringComparer.Ordinal))
        {
            return null;
        }

        string accepted = headers.GrpcAcceptEncoding.ToString();
        return accepted.Split(',', StringSplitOptions.TrimEntries).Contains(encoding, StringComparer.Ordinal) ? encoding : null;
    }

    /// <summary>Sends the headers of the answers, which say how those that follow are compressed.</summary>
    public static Task BeginAsync(ServerCallContext call, string encoding) =>
        call.WriteResponseHeadersAsync(new Metadata { { EncodingKey, encoding } });
}
