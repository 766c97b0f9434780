namespace ModelOperator.Demo.Load;

/// <summary>Counts of a running load; safe for many writers.</summary>
public sealed class LoadCounters(double requestsPerSecond, TimeProvider time)
{
    private const int MaxFailuresKept = 50;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Requests, long Correct, TimeSpan Time)> revisions = [];
    private readonly List<FailedRequest> failures = [];
    private DateTimeOffset? started;
    private long sent;
    private TimeSpan stalled;
    private long requests;
    private long failed;
    private long feedbackFailed;

    public void Begin(DateTimeOffset now)
    {
        lock (gate)
        {
            started = now;
        }
    }

    public void Progress(long sentSoFar, TimeSpan stalledSoFar)
    {
        lock (gate)
        {
            (sent, stalled) = (sentSoFar, stalledSoFar);
        }
    }

    public void Answered(string revision, bool correct, TimeSpan elapsed)
    {
        lock (gate)
        {
            requests++;
            var before = revisions.GetValueOrDefault(revision);
            revisions[revision] = (before.Requests + 1, before.Correct + (correct ? 1 : 0), before.Time + elapsed);
        }
    }

    public void Failed(FailedRequest failure)
    {
        lock (gate)
        {
            requests++;
            failed++;
            Keep(failure);
        }
    }

    public void FeedbackFailed(FailedRequest failure)
    {
        lock (gate)
        {
            feedbackFailed++;
            Keep(failure);
        }
    }

    public LoadReport Report()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var elapsed = now - (started ?? now);
            return new LoadReport
            {
                Started = started ?? default,
                ElapsedSeconds = elapsed.TotalSeconds,
                RequestsPerSecond = requestsPerSecond,
                Sent = sent,
                NotSent = Math.Max(0, (long)(elapsed.TotalSeconds * requestsPerSecond) - sent),
                Requests = requests,
                Failed = failed,
                FeedbackFailed = feedbackFailed,
                StalledSeconds = stalled.TotalSeconds,
                Failures = [.. failures],
                Revisions = revisions.ToDictionary(
                    pair => pair.Key,
                    pair => new RevisionReport(
                        pair.Value.Requests, pair.Value.Correct, pair.Value.Time.TotalMilliseconds / pair.Value.Requests)),
            };
        }
    }

    private void Keep(FailedRequest failure)
    {
        if (failures.Count < MaxFailuresKept)
        {
            failures.Add(failure);
        }
    }
}
