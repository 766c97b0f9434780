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
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context, networks, cancellationToken),
        };
        HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("model-operator-inference-runtime");
        return client;
    }

    /// <summary>Connects to an allowed address of a host. Checked here, after the name is resolved, since names can point anywhere.</summary>
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, AllowedNetworks networks, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(address => IsProxy(context) || networks.Refusal(address) is null)];
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new TerminatingException(FailureReasons.AddressRefused, Refusal(context.DnsEndPoint.Host, addresses[0], networks));
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

    private static string Refusal(string host, IPAddress address, AllowedNetworks networks)
    {
        string why = networks.Refusal(address)!;
        return IPAddress.TryParse(host, out _) ? why : $"the host {host} has the address {address}: {why}";
    }

    // Whoever sets the proxy of a pod may have it send what they like; where the proxy itself connects to is its own business.
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } target
        && HttpClient.DefaultProxy.GetProxy(target) is { } proxy && proxy != target
        && proxy.Port == context.DnsEndPoint.Port && string.Equals(proxy.IdnHost, context.DnsEndPoint.Host, StringComparison.OrdinalIgnoreCase);
}
