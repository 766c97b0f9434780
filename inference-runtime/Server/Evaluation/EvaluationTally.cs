namespace ModelOperator.Server.Evaluation;

/// <summary>What the evaluation has counted so far.</summary>
internal sealed class EvaluationTally(EvaluateOptions options, long totalRows)
{
    private readonly Lock _lock = new();
    private readonly ArmTally _canary = new(options.QuantilePercent, options.MaxMilliseconds);
    private readonly ArmTally? _stable = options.Stable is null ? null : new(options.QuantilePercent, options.MaxMilliseconds);
    private long _rows;
    private long _onlyCanaryWrong;
    private long _onlyStableWrong;

    /// <summary>Counts what both revisions made of one row, for which the truth has so many predictions.</summary>
    public void Add(int predictions, Answer canary, Answer? stable)
    {
        lock (_lock)
        {
            _rows++;
            _canary.Add(canary, predictions);
            if (stable is null)
            {
                return;
            }

            _stable!.Add(stable, predictions);
            for (int i = 0; i < predictions; i++)
            {
                (bool canaryWrong, bool stableWrong) = (canary.IsWrong(i), stable.IsWrong(i));
                _onlyCanaryWrong += canaryWrong && !stableWrong ? 1 : 0;
                _onlyStableWrong += stableWrong && !canaryWrong ? 1 : 0;
            }
        }
    }

    public EvaluationReport Report()
    {
        lock (_lock)
        {
            return new EvaluationReport
            {
                Rows = _rows,
                TotalRows = totalRows,
                Canary = _canary.Report(),
                Stable = _stable?.Report(),
                OnlyCanaryWrong = _onlyCanaryWrong,
                OnlyStableWrong = _onlyStableWrong,
                QuantilePercent = options.QuantilePercent,
                MaxMilliseconds = options.MaxMilliseconds,
            };
        }
    }
}

/// <summary>Counts of one revision. Not for two threads at once.</summary>
internal sealed class ArmTally(int quantilePercent, int? maxMilliseconds)
{
    private const int MaxErrorLength = 300;
    private readonly long[] _latencies = new long[LatencyBuckets.Count];
    private readonly TimeSpan _limit = maxMilliseconds is { } limit ? TimeSpan.FromMilliseconds(limit) : TimeSpan.MaxValue;
    private long _total;
    private long _bad;
    private long _errors;
    private long _answers;
    private long _slow;
    private string? _error;

    public void Add(Answer answer, int predictions)
    {
        for (int i = 0; i < predictions; i++)
        {
            _total++;
            _bad += answer.IsWrong(i) ? 1 : 0;
        }

        if (answer.Error is not null)
        {
            _errors++;
            _error ??= Shorten(answer.Error);
            return;
        }

        _answers++;
        _slow += answer.Latency > _limit ? 1 : 0;
        _latencies[LatencyBuckets.Index(answer.Latency)]++;
    }

    public ArmReport Report() => new()
    {
        Total = _total,
        Bad = _bad,
        Errors = _errors,
        Error = _error,
        Answers = _answers,
        Slow = _slow,
        LatencyMicroseconds = Quantile() is { } latency ? (long)Math.Round(latency.TotalMicroseconds) : null,
    };

    private TimeSpan? Quantile()
    {
        long sum = 0;
        for (int i = 0; i < _latencies.Length; i++)
        {
            sum += _latencies[i];
            if (sum > 0 && 100 * sum >= quantilePercent * _answers)
            {
                return LatencyBuckets.Bound(i);
            }
        }

        return null;
    }

    // All of the result has to fit into the 4096 bytes that Kubernetes keeps.
    private static string? Shorten(string? error) => error is { Length: > MaxErrorLength } ? error[..MaxErrorLength] + "..." : error;
}
