using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Server.Fetching;

/// <summary>The HTTP client that models are fetched with.</summary>
internal static class ModelHttp
{
    public static HttpClient NewClient()
    {
        SocketsHttpHandler handler = new()
        {
            // Redirects are followed by hand: each one is checked, and credentials stay behind.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = ConnectAsync,
        };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("model-operator-inference-runtime");
        return client;
    }

    /// <summary>Connects to an allowed address of a host. Checked here, after the name is resolved, since names can point anywhere.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(a => !ModelUri.IsForbidden(a))];
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new TerminatingException(
                FailureReasons.InvalidConfiguration, $"the host {context.DnsEndPoint.Host} has only the link-local address {addresses[0]}, which no model may come from");
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
