using System.Net;
using System.Text.Json;
using ModelOperator.Protocol;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace ModelOperator.Server.Evaluation;

/// <summary>Requests to the servers of one revision, tried again for as long as no model has answered.</summary>
internal sealed class RevisionHttp : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(10);

    private readonly string _arm;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline _pipeline;
    private readonly EvaluateOptions _options;
    private readonly TimeProvider _time;

    public RevisionHttp(string arm, Uri address, EvaluateOptions options, TimeProvider time, ILogger logger)
    {
        (_arm, _options, _time) = (arm, options, time);
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // A pod that came later is to get its share.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        {
            BaseAddress = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"),
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<NoAnswerException>().Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = LongestRetryDelay,
                OnRetry = args =>
                {
                    LogMessages.AskAgain(
                        logger,
                        arm,
                        args.AttemptNumber + 1,
                        Math.Round(args.RetryDelay.TotalSeconds, 1),
                        args.Outcome.Exception?.Message ?? "");
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(options.RequestTimeout)
            .Build();
    }

    /// <summary>Sends a request and measures the try that was answered.</summary>
    /// <exception cref="TerminatingException">No model answered, also after all tries.</exception>
    public async Task<(HttpStatusCode Status, byte[] Body, TimeSpan Latency)> SendAsync(
        string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await TryAsync(path, body, token), cancellationToken);
        }
        catch (Exception e) when (e is NoAnswerException or TimeoutRejectedException)
        {
            throw new TerminatingException(
                FailureReasons.RevisionUnreachable,
                $"{_arm} at {_client.BaseAddress} gave no answer in {_options.Retries + 1} tries: {e.Message}",
                e);
        }
    }

    /// <summary>What an answer that is an error says.</summary>
    public static string ErrorOf(HttpStatusCode status, byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProtocolJson.Default.ErrorResponse)?.Error is { Length: > 0 } error
                ? $"{(int)status}: {error}"
                : $"{(int)status}";
        }
        catch (JsonException)
        {
            return $"{(int)status}";
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode Status, byte[] Body, TimeSpan Latency)> TryAsync(
        string path, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (body is { } json)
        {
            request.Content = new ReadOnlyMemoryContent(json) { Headers = { ContentType = new("application/json") } };
        }

        try
        {
            long start = _time.GetTimestamp();
            using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            TimeSpan latency = _time.GetElapsedTime(start);
            return IsAnswer(response.StatusCode)
                ? (response.StatusCode, answer, latency)
                : throw new NoAnswerException(ErrorOf(response.StatusCode, answer));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new NoAnswerException(e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message, e);
        }
    }

    // The others say that the server, or something before it, is not up to it now.
    private static bool IsAnswer(HttpStatusCode status) => status is not (
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
}

/// <summary>A try brought no answer of the model: the server is not there, is stopping, or has too much to do.</summary>
internal sealed class NoAnswerException(string message, Exception? innerException = null) : Exception(message, innerException);
