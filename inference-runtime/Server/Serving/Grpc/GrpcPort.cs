using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>The port of gRPC: HTTP/2 without TLS, as it is between pods.</summary>
internal static class GrpcPort
{
    /// <summary>
    /// Bytes on their way of a stream and of a connection: a large tensor must not wait for the network's answer at every piece.
    /// </summary>
    private const int StreamWindow = 4 * 1024 * 1024;
    private const int ConnectionWindow = 16 * 1024 * 1024;

    private const int FrameSize = 256 * 1024;

    /// <summary>A client that died without a word is noticed after the sum of both.</summary>
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    public static void Listen(KestrelServerOptions kestrel, int port)
    {
        kestrel.ListenAnyIP(port, listen => listen.Protocols = HttpProtocols.Http2);
        // Each answer has an id of its own, which HPACK would have every connection remember in case it came again.
        kestrel.AllowResponseHeaderCompression = false;
        Http2Limits limits = kestrel.Limits.Http2;
        limits.InitialStreamWindowSize = StreamWindow;
        limits.InitialConnectionWindowSize = ConnectionWindow;
        limits.MaxFrameSize = FrameSize;
        limits.KeepAlivePingDelay = PingAfter;
        limits.KeepAlivePingTimeout = PingTimeout;
    }
}
