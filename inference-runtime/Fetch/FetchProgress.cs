namespace ModelOperator.Fetch;

/// <summary>A log line every few seconds of a long download, whose parts arrive side by side.</summary>
internal sealed class FetchProgress(TimeProvider time, ILogger logger)
{
    private const double Mebibyte = 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private long _last;
    private long _lastLength;
    private long _length;
    private long? _total;

    public void Begin(long? total)
    {
        lock (_lock)
        {
            _last = time.GetTimestamp();
            (_lastLength, _length, _total) = (0, 0, total);
        }
    }

    public void Add(long bytes)
    {
        lock (_lock)
        {
            _length += bytes;
            TimeSpan elapsed = time.GetElapsedTime(_last);
            if (elapsed < Interval)
            {
                return;
            }

            double rate = (_length - _lastLength) / Mebibyte / elapsed.TotalSeconds;
            string total = _total is { } all ? $"{all / Mebibyte:F1} MiB" : "an unknown size";
            FetchLog.FetchProgress(logger, Math.Round(_length / Mebibyte, 1), total, Math.Round(rate, 1));
            _last = time.GetTimestamp();
            _lastLength = _length;
        }
    }
}
