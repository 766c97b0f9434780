using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Router.Forwarding;

/// <summary>Connections to pods.</summary>
internal static class PodTransport
{
    /// <summary>Idle connections are closed well before the model server would, lest a request be sent into a closing one.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    public static SocketsHttpHandler Create(TimeSpan connectTimeout) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = IdleTimeout,
        MaxResponseHeadersLength = 64,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(connectTimeout);
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, timeout.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                // A timeout is reported as any other failure to connect, so that both are told from a cancelled request.
                socket.Dispose();
                throw new TimeoutException($"no connection within {connectTimeout.TotalMilliseconds} ms", e);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
