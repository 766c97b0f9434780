using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>Counts of one revision while a tick is open. Not thread-safe: its owner locks.</summary>
internal sealed class CountsAccumulator
{
    private long _requests, _errors, _rejections, _warmUp, _correct, _incorrect;
    private readonly int[] _latency = new int[LatencyBuckets.Count];

    public bool IsEmpty => _requests == 0 && _warmUp == 0 && _correct == 0 && _incorrect == 0;

    public void AddRequest(RequestOutcome outcome, TimeSpan duration)
    {
        _requests++;
        switch (outcome)
        {
            case RequestOutcome.Success: _latency[LatencyBuckets.Index(duration)]++; break;
            case RequestOutcome.Rejection: _rejections++; break;
            default: _errors++; break;
        }
    }

    public void AddWarmUp() => _warmUp++;

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
        other._correct += _correct;
        other._incorrect += _incorrect;
        for (int i = 0; i < _latency.Length; i++) other._latency[i] += _latency[i];
        _requests = _errors = _rejections = _warmUp = _correct = _incorrect = 0;
        Array.Clear(_latency);
    }

    public RevisionCounts ToCounts()
    {
        var buckets = new List<long[]>();
        for (int i = 0; i < _latency.Length; i++)
        {
            if (_latency[i] > 0) buckets.Add([i, _latency[i]]);
        }

        return new RevisionCounts
        {
            Requests = _requests,
            Errors = _errors,
            Rejections = _rejections,
            WarmUp = _warmUp,
            Latency = buckets,
            Correct = _correct,
            Incorrect = _incorrect,
        };
    }
}
