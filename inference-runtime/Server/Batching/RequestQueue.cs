namespace ModelOperator.Server.Batching;

/// <summary>Requests that wait, the lowest priority number first and among equals the one that came first. The caller locks.</summary>
internal sealed class RequestQueue
{
    private PendingRun? _last;

    public PendingRun? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Rows of all of them.</summary>
    public int Rows { get; private set; }

    /// <summary>When the one came that waits longest; null when none waits. More urgent ones may be before it.</summary>
    public long? Oldest
    {
        get
        {
            long? oldest = null;
            for (PendingRun? run = First; run is not null; run = run.Next)
            {
                oldest = oldest < run.Arrived ? oldest : run.Arrived;
            }

            return oldest;
        }
    }

    public void Add(PendingRun run)
    {
        PendingRun? before = _last;
        while (before is not null && before.Priority > run.Priority)
        {
            before = before.Previous;
        }

        PendingRun? after = before is null ? First : before.Next;
        (run.Previous, run.Next, run.Queued) = (before, after, true);
        _ = before is null ? First = run : before.Next = run;
        _ = after is null ? _last = run : after.Previous = run;
        Count++;
        Rows += run.Rows;
    }

    /// <summary>Takes a request out; false when it was not in it any more.</summary>
    public bool Remove(PendingRun run)
    {
        if (!run.Queued)
        {
            return false;
        }

        _ = run.Previous is null ? First = run.Next : run.Previous.Next = run.Next;
        _ = run.Next is null ? _last = run.Previous : run.Next.Previous = run.Previous;
        (run.Previous, run.Next, run.Queued) = (null, null, false);
        Count--;
        Rows -= run.Rows;
        return true;
    }
}
