using System.Net;
using System.Net.Sockets;
using ModelOperator.Addressing;

namespace ModelOperator.Fetch.Http;

/// <summary>The HTTP client that models are fetched with.</summary>
internal static class ModelHttp
{
    public static HttpClient NewClient(AllowedNetworks networks)
    {
        SocketsHttpHandler handler = new()
        {
            // Redirects are followed by hand: each one is checked, and credentials stay behind.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context, networks.Refusal, cancellationToken),
        };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("model-operator-inference-runtime");
        return client;
    }

    /// <summary>
    /// Connects to an allowed address of a host, or of the proxy that the environment names. Checked here, after the name is resolved,
    /// since names can point anywhere, and a server that is taken for a proxy gets a path of the sender's choice.
    /// </summary>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, Func<IPAddress, string?> refusal, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(address => refusal(address) is null)];
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new TerminatingException(
                FailureReasons.AddressRefused, Refusal(context.DnsEndPoint.Host, addresses[0], refusal(addresses[0])!));
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

    private static string Refusal(string host, IPAddress address, string why) =>
        IPAddress.TryParse(host, out _) ? why : $"the host {host} has the address {address}: {why}";
}
