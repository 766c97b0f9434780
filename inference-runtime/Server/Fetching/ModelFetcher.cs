using System.Security.Cryptography;
using Polly;
using Polly.Retry;

namespace ModelOperator.Server.Fetching;

/// <summary>Fetches a model: tries again when a try fails for a reason that may pass, goes on where the last one ended when it can.</summary>
internal sealed class ModelFetcher(FetchOptions options, HttpClient client, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(30);

    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        string source = ModelUri.Loggable(options.Uri);
        if (await IsThereAsync(cancellationToken))
        {
            LogMessages.AlreadyFetched(logger, options.Output);
            return;
        }

        if (options.Credentials is not null && options.Uri.Scheme == Uri.UriSchemeHttp)
        {
            LogMessages.CredentialsInTheClear(logger, source);
        }

        LogMessages.Fetching(logger, source, options.Output);
        long start = time.GetTimestamp();
        using CancellationTokenSource timeout = new(options.Timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using PartialFile file = new(options.Output);
        ModelDownload download = new(options, client, file, time, logger);
        try
        {
            await Retries().ExecuteAsync(async token => await download.TryAsync(token), either.Token);
        }
        catch (TransientDownloadException e)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed, $"{source} could not be downloaded in {options.Retries + 1} tries: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed, $"{source} could not be downloaded within {options.Timeout.TotalSeconds} s", e);
        }

        string digest = file.Complete(options.Sha256);
        LogMessages.Fetched(logger, file.Length, digest, Math.Round(time.GetElapsedTime(start).TotalSeconds, 3));
    }

    private ResiliencePipeline Retries() => new ResiliencePipelineBuilder { TimeProvider = time }
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
                LogMessages.FetchRetry(logger, args.AttemptNumber + 1, Math.Round(args.RetryDelay.TotalSeconds, 1), args.Outcome.Exception?.Message ?? "");
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    /// <summary>A container that is started again finds what it fetched before; only a digest tells that it is still wanted.</summary>
    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        if (options.Sha256 is null || !File.Exists(options.Output))
        {
            return false;
        }

        await using FileStream stream = File.OpenRead(options.Output);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == options.Sha256;
    }
}
