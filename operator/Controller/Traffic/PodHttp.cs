using System.Net;
using System.Net.Sockets;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Http;

namespace ModelOperator.Controller.Traffic;

/// <summary>Asks pods of the operator's own over HTTP. What fails does so as in <see cref="HttpCaller"/>.</summary>
internal sealed class PodHttp : IDisposable
{
    private readonly SocketsHttpHandler _connections = HttpCaller.NewHandler();
    private readonly HttpCaller _http;

    public PodHttp(EvidenceOptions options, int largestAnswer, TimeProvider timeProvider)
    {
        _connections.ConnectTimeout = options.AttemptTimeout;
        var call = new HttpCallOptions
        {
            Name = OperatorSettings.Name,
            LargestAnswer = largestAnswer,
            AttemptTimeout = options.AttemptTimeout,
            Retries = options.Retries,
        };
        _http = new HttpCaller(_connections, call, timeProvider);
    }

    public async Task<byte[]> GetAsync(
        Pod pod, int port, string path, string query, CancellationToken cancellationToken,
        Func<HttpRequestMessage, Action<HttpResponseMessage, byte[]>>? prove = null)
    {
        if (!IPAddress.TryParse(pod.Status?.PodIP, out IPAddress? address))
        {
            throw new HttpRequestException($"pod {pod.Metadata.Name} has no address");
        }

        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return await _http.GetAsync(new UriBuilder(Uri.UriSchemeHttp, host, port, path) { Query = query }.Uri, cancellationToken, prove);
    }

    public void Dispose()
    {
        _http.Dispose();
        _connections.Dispose();
    }
}
