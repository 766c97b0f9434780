using ModelOperator.Evidence;

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
