using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>Counts of one revision while a tick is open. Not thread-safe: its owner locks.</summary>
internal sealed class CountsAccumulator
{
    private long requests, errors, rejections, correct, incorrect;
    private readonly int[] latency = new int[LatencyBuckets.Count];

    public bool IsEmpty => requests == 0 && correct == 0 && incorrect == 0;

    public void AddRequest(RequestOutcome outcome, TimeSpan duration)
    {
        requests++;
        switch (outcome)
        {
            case RequestOutcome.Success: latency[LatencyBuckets.Index(duration)]++; break;
            case RequestOutcome.Rejection: rejections++; break;
            default: errors++; break;
        }
    }

    public void AddFeedback(long correctCount, long incorrectCount)
    {
        correct += correctCount;
        incorrect += incorrectCount;
    }

    /// <summary>Adds everything to another and starts from zero.</summary>
    public void MoveTo(CountsAccumulator other)
    {
        other.requests += requests;
        other.errors += errors;
        other.rejections += rejections;
        other.correct += correct;
        other.incorrect += incorrect;
        for (int i = 0; i < latency.Length; i++) other.latency[i] += latency[i];
        requests = errors = rejections = correct = incorrect = 0;
        Array.Clear(latency);
    }

    public RevisionCounts ToCounts()
    {
        var buckets = new List<long[]>();
        for (int i = 0; i < latency.Length; i++)
        {
            if (latency[i] > 0) buckets.Add([i, latency[i]]);
        }

        return new RevisionCounts
        {
            Requests = requests,
            Errors = errors,
            Rejections = rejections,
            Latency = buckets,
            Correct = correct,
            Incorrect = incorrect,
        };
    }
}
