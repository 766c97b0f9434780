namespace ModelOperator.Demo.Load;

/// <summary>Counts of a running load; safe for many writers.</summary>
public sealed class LoadCounters
{
    private const int MaxFailuresKept = 20;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Requests, long Correct, TimeSpan Time)> revisions = [];
    private readonly List<string> failures = [];
    private long requests;
    private long failed;
    private long feedbackFailed;

    public void Answered(string revision, bool correct, TimeSpan elapsed)
    {
        lock (gate)
        {
            requests++;
            var before = revisions.GetValueOrDefault(revision);
            revisions[revision] = (before.Requests + 1, before.Correct + (correct ? 1 : 0), before.Time + elapsed);
        }
    }

    public void Failed(string reason)
    {
        lock (gate)
        {
            requests++;
            failed++;
            Keep(reason);
        }
    }

    public void FeedbackFailed(string reason)
    {
        lock (gate)
        {
            feedbackFailed++;
            Keep(reason);
        }
    }

    public LoadReport Report()
    {
        lock (gate)
        {
            return new LoadReport
            {
                Requests = requests,
                Failed = failed,
                FeedbackFailed = feedbackFailed,
                Failures = [.. failures],
                Revisions = revisions.ToDictionary(
                    pair => pair.Key,
                    pair => new RevisionReport(pair.Value.Requests, pair.Value.Correct, pair.Value.Time.TotalMilliseconds / pair.Value.Requests)),
            };
        }
    }

    private void Keep(string reason)
    {
        if (failures.Count < MaxFailuresKept)
        {
            failures.Add(reason);
        }
    }
}
