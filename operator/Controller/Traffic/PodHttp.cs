using System.Net;
using System.Net.Sockets;
using ModelOperator.Kubernetes.Entities;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOperator.Controller.Traffic;

/// <summary>
/// Asks pods of the operator's own over HTTP, within a time and a size. What fails is a <see cref="HttpRequestException"/> or a
/// <see cref="TimeoutRejectedException"/>.
/// </summary>
internal sealed class PodHttp : IDisposable
{
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;

    public PodHttp(EvidenceOptions options, int largestAnswer, TimeProvider timeProvider)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = options.AttemptTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            MaxResponseContentBufferSize = largestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromMilliseconds(100),
                UseJitter = true,
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<TimeoutRejectedException>(),
            })
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    public async Task<byte[]> GetAsync(Pod pod, int port, string path, string query, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(pod.Status?.PodIP, out IPAddress? address))
        {
            throw new HttpRequestException($"pod {pod.Metadata.Name} has no address");
        }

        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        Uri uri = new UriBuilder(Uri.UriSchemeHttp, host, port, path) { Query = query }.Uri;
        return await _pipeline.ExecuteAsync(
            static async (state, token) => await state._http.GetByteArrayAsync(state.uri, token), (_http, uri), cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
