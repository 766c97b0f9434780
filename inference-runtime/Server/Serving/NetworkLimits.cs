using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ModelOperator.Server.Serving;

/// <summary>What one client may take of the network side of the server, so that no few of them take it all.</summary>
internal sealed record NetworkLimits
{
    /// <summary>Open connections; further ones are closed at once.</summary>
    public int MaxConnections { get; init; } = 16 * 1024;

    /// <summary>Header fields of a request.</summary>
    public int MaxHeaders { get; init; } = 64;

    /// <summary>Bytes of all header fields of a request.</summary>
    public int MaxHeaderBytes { get; init; } = 16 * 1024;

    /// <summary>How long the headers of a request may take to arrive.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may do nothing.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How fast a body has to arrive, and its answer to be taken; 0 lets both take any time.</summary>
    public int MinBytesPerSecond { get; init; } = 240;

    /// <summary>Requests at the same time on one connection of HTTP/2.</summary>
    public int MaxStreams { get; init; } = 256;

    /// <summary>How long a body may be slow before it counts: the first packets of a connection are.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public void ApplyTo(KestrelServerLimits kestrel, long maxBodyBytes)
    {
        MinDataRate? rate = MinBytesPerSecond > 0 ? new MinDataRate(MinBytesPerSecond, Grace) : null;
        kestrel.MaxRequestBodySize = maxBodyBytes;
        kestrel.MaxConcurrentConnections = MaxConnections;
        kestrel.MaxRequestHeaderCount = MaxHeaders;
        kestrel.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.MaxRequestLineSize = Math.Min(kestrel.MaxRequestLineSize, MaxHeaderBytes);
        kestrel.RequestHeadersTimeout = HeaderTimeout;
        kestrel.KeepAliveTimeout = KeepAlive;
        kestrel.MinRequestBodyDataRate = rate;
        kestrel.MinResponseDataRate = rate;
        kestrel.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Http2.MaxRequestHeaderFieldSize = Math.Min(kestrel.Http2.MaxRequestHeaderFieldSize, MaxHeaderBytes);
        kestrel.Http2.KeepAlivePingDelay = KeepAlive;
    }
}
