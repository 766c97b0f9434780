using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>Counts of one revision while a tick is open. Not thread-safe: its owner locks.</summary>
internal sealed class CountsAccumulator
{
    private long _requests, _errors, _rejections, _warmUp, _predictions, _drawn, _correct, _incorrect;
    private readonly int[] _latency = new int[LatencyBuckets.Count];

    // Most revisions have none in most ticks.
    private int[]? _abandoned;

    public bool IsEmpty =>
        _requests == 0 && _warmUp == 0 && _predictions == 0 && _drawn == 0 && _correct == 0 && _incorrect == 0 && _abandoned is null;

    public void AddRequest(RequestOutcome outcome, TimeSpan duration)
    {
        _requests++;
        switch (outcome)
        {
            case RequestOutcome.Success: _latency[LatencyBuckets.Index(duration)]++; break;
            case RequestOutcome.Rejection: _rejections++; break;
            case RequestOutcome.TimedOut: _errors++; _latency[LatencyBuckets.Index(duration)]++; break;
            default: _errors++; break;
        }
    }

    public void AddAbandoned(TimeSpan waited) => (_abandoned ??= new int[LatencyBuckets.Count])[LatencyBuckets.Index(waited)]++;

    public void AddWarmUp() => _warmUp++;

    public void AddPredictions(int count) => _predictions += count;

    public void AddDrawn() => _drawn++;

    public void AddFeedback(long correctCount, long incorrectCount)
    {
        _correct += correctCount;
        _incorrect += incorrectCount;
    }

    /// <summary>Adds everything to another and starts from zero.</summary>
    public void MoveTo(CountsAccumulator other)
    {
        other._requests += _requests;
        other._errors += _errors;
        other._rejections += _rejections;
        other._warmUp += _warmUp;
        other._predictions += _predictions;
        other._drawn += _drawn;
        other._correct += _correct;
        other._incorrect += _incorrect;
        for (int i = 0; i < _latency.Length; i++)
        {
            other._latency[i] += _latency[i];
        }

        if (_abandoned is not null)
        {
            other._abandoned ??= new int[LatencyBuckets.Count];
            for (int i = 0; i < _abandoned.Length; i++)
            {
                other._abandoned[i] += _abandoned[i];
            }

            _abandoned = null;
        }

        _requests = _errors = _rejections = _warmUp = _predictions = _drawn = _correct = _incorrect = 0;
        Array.Clear(_latency);
    }

    public RevisionCounts ToCounts() => new()
    {
        Requests = _requests,
        Errors = _errors,
        Rejections = _rejections,
        WarmUp = _warmUp,
        Latency = Pairs(_latency),
        Abandoned = Pairs(_abandoned ?? []),
        Predictions = _predictions,
        Drawn = _drawn,
        Correct = _correct,
        Incorrect = _incorrect,
    };

    private static List<long[]> Pairs(int[] counts)
    {
        var pairs = new List<long[]>();
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                pairs.Add([i, counts[i]]);
            }
        }

        return pairs;
    }
}
