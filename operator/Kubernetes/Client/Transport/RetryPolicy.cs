using System.Net;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>
/// When a call is sent again: when the server asked for that (Retry-After, on 429 or 5xx: it has done nothing), when the call never
/// left, and when it may have arrived but doing it twice does no harm. Never longer than the call's own timeout.
/// </summary>
internal static class RetryPolicy
{
    private const int MaxRetries = 4;

    /// <summary>Whoever asks for more patience than this gets it from the caller's queue, not from a call that holds a worker.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(5);

    public static readonly ResiliencePropertyKey<ApiRequest> Request = new("request");

    public static ResiliencePipeline Create(TimeProvider timeProvider, ILogger logger) =>
        new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(5),
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is { } e
                    && args.Context.Properties.TryGetValue(Request, out var request)
                    && IsRetryable(e, request)),
                DelayGenerator = args => ValueTask.FromResult((args.Outcome.Exception as KubernetesException)?.RetryAfter),
                OnRetry = args =>
                {
                    args.Context.Properties.TryGetValue(Request, out var request);
                    logger.Retrying(
                        request?.Method.Method ?? "", request?.Path ?? "", args.Outcome.Exception?.Message ?? "",
                        args.AttemptNumber + 2, args.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    private static bool IsRetryable(Exception exception, ApiRequest request) => exception switch
    {
        KubernetesException e => e.RetryAfter <= MaxRetryAfter
            && (e.StatusCode == HttpStatusCode.TooManyRequests || (int)e.StatusCode >= 500),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
        HttpRequestException or IOException => request.IsIdempotent,
        _ => false,
    };
}
