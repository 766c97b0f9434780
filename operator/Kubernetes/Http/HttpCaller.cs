using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOperator.Kubernetes.Http;

/// <summary>
/// Calls other processes over HTTP, within a time and a size, and tries again what failed where that does no harm. A failure is an
/// <see cref="HttpRequestException"/>; time that ran out is a <see cref="TimeoutRejectedException"/>.
/// </summary>
public sealed class HttpCaller : IDisposable
{
    private static readonly ResiliencePropertyKey<TimeSpan?> Limit = new("limit");
    private static readonly ResiliencePropertyKey<bool> IsIdempotent = new("idempotent");

    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;

    /// <param name="handler">The connections, which stay the caller's.</param>
    /// <param name="options">How to call.</param>
    /// <param name="timeProvider">Measures the times.</param>
    public HttpCaller(HttpMessageHandler handler, HttpCallOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        _http = new HttpClient(handler, disposeHandler: false)
        {
            MaxResponseContentBufferSize = options.LargestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.Name);
        _pipeline = Pipeline(options, timeProvider);
    }

    /// <summary>
    /// Connections for calls within a cluster: no proxy, no redirect, no cookie, and new ones often enough to follow an address.
    /// </summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };

    /// <summary>Whether no byte of a request left, because there was no connection to send it on.</summary>
    public static bool NeverLeft(Exception? failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    /// <summary>Reads what is at an address; whatever fails, an answer that is no success included, is tried again.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="prove">Shows with a request who asks, and gives what refuses an answer that does not show who gave it.</param>
    public Task<byte[]> GetAsync(
        Uri uri, CancellationToken cancellationToken, Func<HttpRequestMessage, Action<HttpResponseMessage, byte[]>>? prove = null)
    {
        return ExecuteAsync(AttemptAsync, limit: null, idempotent: true, cancellationToken);

        async Task<byte[]> AttemptAsync(CancellationToken token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            var check = prove?.Invoke(request);
            using var response = await _http.SendAsync(request, token);
            byte[] body = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(token);
            check?.Invoke(response, body);
            return body;
        }
    }

    /// <summary>Sends a request; only one that never left is sent again.</summary>
    /// <param name="request">Makes the request, once an attempt.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="limit">Longest time of this call, all attempts together.</param>
    /// <param name="prove">As with <see cref="GetAsync"/>.</param>
    public Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        Func<HttpRequestMessage> request, CancellationToken cancellationToken, TimeSpan? limit = null,
        Func<HttpRequestMessage, Action<HttpResponseMessage, byte[]>>? prove = null)
    {
        return ExecuteAsync(AttemptAsync, limit, idempotent: false, cancellationToken);

        async Task<(HttpStatusCode, byte[])> AttemptAsync(CancellationToken token)
        {
            using var message = request();
            var check = prove?.Invoke(message);
            using var response = await _http.SendAsync(message, token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(token);
            check?.Invoke(response, body);
            return (response.StatusCode, body);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static ResiliencePipeline Pipeline(HttpCallOptions options, TimeProvider timeProvider)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = timeProvider }.AddTimeout(new TimeoutStrategyOptions
        {
            // Polly takes a time below zero for none.
            TimeoutGenerator = arguments => ValueTask.FromResult(
                arguments.Context.Properties.GetValue(Limit, null) ?? options.Timeout ?? Timeout.InfiniteTimeSpan),
        });
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(
                    IsRetryable(arguments.Outcome.Exception, arguments.Context.Properties.GetValue(IsIdempotent, false))),
            });
        }

        return options.AttemptTimeout is { } attempt ? builder.AddTimeout(attempt).Build() : builder.Build();
    }

    private static bool IsRetryable(Exception? failure, bool idempotent) => idempotent
        ? failure is HttpRequestException or TimeoutRejectedException
        // What the handler's own check refused, it would refuse again.
        : NeverLeft(failure) && failure!.InnerException is (null or SocketException or TimeoutException);

    private async Task<T> ExecuteAsync<T>(
        Func<CancellationToken, Task<T>> attempt, TimeSpan? limit, bool idempotent, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Limit, limit);
        context.Properties.Set(IsIdempotent, idempotent);
        try
        {
            return await _pipeline.ExecuteAsync(async c => await attempt(c.CancellationToken), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
