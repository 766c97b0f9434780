using System.Net;
using ModelOperator.Controller.Reports;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOperator.Controller.Evaluations;

/// <summary>Asks the pod of an evaluation how far it is. One that gives no answer is as far as it was: its result comes another way.</summary>
internal sealed class ProgressReader : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    private readonly int _port;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;

    public ProgressReader(EvidenceOptions options, TimeProvider timeProvider)
    {
        _port = options.ProgressPort;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = options.AttemptTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        })
        {
            MaxResponseContentBufferSize = LargestAnswer,
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

    public async Task<EvaluationReport?> ReadAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(pod.Status?.PodIP, out IPAddress? address))
        {
            return null;
        }

        string host = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        Uri uri = new UriBuilder(Uri.UriSchemeHttp, host, _port, "/progress").Uri;
        try
        {
            byte[] body = await _pipeline.ExecuteAsync(
                static async (state, token) => await state._http.GetByteArrayAsync(state.uri, token), (_http, uri), cancellationToken);
            return EvaluationReportReader.Read(body, out _);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
