namespace ModelOperator.Server.Fetching;

/// <summary>A log line every few seconds of a long download.</summary>
internal sealed class FetchProgress(TimeProvider time, ILogger logger)
{
    private const double Mebibyte = 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private long _last;
    private long _lastLength;
    private long? _total;

    public void Begin(long length, long? total)
    {
        _last = time.GetTimestamp();
        _lastLength = length;
        _total = total;
    }

    public void Report(long length)
    {
        TimeSpan elapsed = time.GetElapsedTime(_last);
        if (elapsed < Interval)
        {
            return;
        }

        double rate = (length - _lastLength) / Mebibyte / elapsed.TotalSeconds;
        string total = _total is { } bytes ? $"{bytes / Mebibyte:F1} MiB" : "an unknown size";
        LogMessages.FetchProgress(logger, Math.Round(length / Mebibyte, 1), total, Math.Round(rate, 1));
        _last = time.GetTimestamp();
        _lastLength = length;
    }
}
