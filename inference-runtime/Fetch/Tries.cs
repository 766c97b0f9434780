using Polly;
using Polly.Retry;

namespace ModelOperator.Fetch;

/// <summary>Does again what failed for a reason that may pass.</summary>
internal sealed class Tries
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(30);
    private readonly FetchOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _pipeline;

    public Tries(FetchOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time) = (options, time);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<TransientDownloadException>(),
                MaxRetryAttempts = Math.Max(1, options.Retries),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = LongestRetryDelay,
                DelayGenerator = args => ValueTask.FromResult(
                    args.Outcome.Exception is TransientDownloadException { RetryAfter: { } wait } && wait > TimeSpan.Zero
                        ? (TimeSpan?)(wait < LongestRetryDelay ? wait : LongestRetryDelay)
                        : null),
                OnRetry = args =>
                {
                    FetchLog.FetchRetry(
                        logger, args.AttemptNumber + 1, Math.Round(args.RetryDelay.TotalSeconds, 1), args.Outcome.Exception?.Message ?? "");
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Does something with a store until it works or no further try is due.</summary>
    /// <exception cref="TerminatingException">It did not work.</exception>
    public async Task<T> RunAsync<T>(string source, Func<StallTimer, Task<T>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await TryAsync(attempt, token), cancellationToken);
        }
        catch (TransientDownloadException e)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed, $"{source} could not be downloaded in {_options.Retries + 1} tries: {e.Message}", e);
        }
    }

    private async Task<T> TryAsync<T>(Func<StallTimer, Task<T>> attempt, CancellationToken cancellationToken)
    {
        using StallTimer stall = new(_options.StallTimeout, _time, cancellationToken);
        try
        {
            return await attempt(stall);
        }
        catch (OperationCanceledException e) when (stall.IsStalled && !cancellationToken.IsCancellationRequested)
        {
            throw new TransientDownloadException($"nothing came for {_options.StallTimeout.TotalSeconds} s", innerException: e);
        }
        catch (HttpRequestException e) when (e.InnerException is TerminatingException forbidden)
        {
            throw new TerminatingException(forbidden.Reason, forbidden.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransientDownloadException(Describe(e), innerException: e);
        }
    }

    /// <summary>What went wrong. What a stranger answered is not told: it would let people read what only pods can reach.</summary>
    private static string Describe(Exception e) =>
        e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            or HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }
            ? "the answer is not valid HTTP"
            : e.InnerException is { } inner ? $"{e.Message} ({inner.Message})" : e.Message;
}

/// <summary>Ends a try in which nothing happens for too long.</summary>
internal sealed class StallTimer : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _stall;
    private readonly CancellationTokenSource _either;

    public StallTimer(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        _stall = new CancellationTokenSource(timeout, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stall.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    public bool IsStalled => _stall.IsCancellationRequested;

    /// <summary>Something happened.</summary>
    public void Restart() => _stall.CancelAfter(_timeout);

    public void Dispose()
    {
        _either.Dispose();
        _stall.Dispose();
    }
}

/// <summary>A try failed for a reason that may pass.</summary>
internal sealed class TransientDownloadException(string message, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
