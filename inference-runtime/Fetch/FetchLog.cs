namespace ModelOperator.Fetch;

/// <summary>What <c>fetch</c> logs.</summary>
internal static partial class FetchLog
{
    [LoggerMessage(200, LogLevel.Information, "Fetching {Source} to {Output}")]
    public static partial void Fetching(ILogger logger, string source, string output);

    [LoggerMessage(201, LogLevel.Information, "{Output} is there already and has the digest wished for")]
    public static partial void AlreadyFetched(ILogger logger, string output);

    [LoggerMessage(202, LogLevel.Information, "{Mebibytes} MiB of {Total} are there, {Rate} MiB/s")]
    public static partial void FetchProgress(ILogger logger, double mebibytes, string total, double rate);

    [LoggerMessage(203, LogLevel.Information, "Fetched {Bytes} bytes, sha256:{Digest}, in {Seconds} s")]
    public static partial void Fetched(ILogger logger, long bytes, string digest, double seconds);

    [LoggerMessage(204, LogLevel.Warning, "Try {Attempt} failed, the next is in {Seconds} s: {Reason}")]
    public static partial void FetchRetry(ILogger logger, int attempt, double seconds, string reason);

    [LoggerMessage(205, LogLevel.Information, "Redirected to {Uri}")]
    public static partial void Redirected(ILogger logger, string uri);

    [LoggerMessage(206, LogLevel.Warning, "The credentials for {Source} travel unencrypted: its scheme is http")]
    public static partial void CredentialsInTheClear(ILogger logger, string source);

    [LoggerMessage(208, LogLevel.Warning, "The download begins again, in one piece: {Reason}")]
    public static partial void BeginsAgain(ILogger logger, string reason);

    [LoggerMessage(209, LogLevel.Information, "Unpacked {Entries} entries, {Bytes} bytes")]
    public static partial void Unpacked(ILogger logger, int entries, long bytes);

    [LoggerMessage(210, LogLevel.Information, "The signature is right: {What}")]
    public static partial void SignatureRight(ILogger logger, string what);

    [LoggerMessage(211, LogLevel.Information, "{Source} is {Reference}: {Files} files")]
    public static partial void ArtifactResolved(ILogger logger, string source, string reference, int files);

    [LoggerMessage(212, LogLevel.Information, "Taking sha256:{Digest} from the cache")]
    public static partial void CacheHit(ILogger logger, string digest);

    [LoggerMessage(213, LogLevel.Information, "Waiting for another fetch of sha256:{Digest} to fill the cache")]
    public static partial void CacheBusy(ILogger logger, string digest);

    [LoggerMessage(214, LogLevel.Warning, "The cache is not used: {Reason}")]
    public static partial void CacheLeftOut(ILogger logger, string reason);

    [LoggerMessage(215, LogLevel.Warning, "sha256:{Digest} in the cache is not what its name says; it is removed")]
    public static partial void CacheCorrupt(ILogger logger, string digest);

    [LoggerMessage(216, LogLevel.Information, "Copying {Source}")]
    public static partial void Copying(ILogger logger, string source);
}
