namespace ModelOperator.Server.Fetching.Archives;

/// <summary>What an archive may hold, so that a small one cannot fill a disk.</summary>
internal sealed record ArchiveLimits
{
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>Bytes of all files together.</summary>
    public long MaxBytes { get; init; } = 20L * 1024 * 1024 * 1024;

    /// <summary>How many times larger than the archive its files may be; those below <see cref="RatioFrom"/> may be more.</summary>
    public int MaxRatio { get; init; } = 200;

    public long RatioFrom { get; init; } = 64L * 1024 * 1024;
}
