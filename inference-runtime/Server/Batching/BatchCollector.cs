namespace ModelOperator.Server.Batching;

/// <summary>Holds the requests that wait and gives free instances the next batch of them. One instance at a time collects.</summary>
internal sealed class BatchCollector(BatchingPlan plan, TimeProvider time)
{
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly object _sync = new();
    private readonly RequestQueue _queue = new();
    private readonly BatchPlanner _planner = new(plan.MaxRows, plan.Preferred);
    private Waiting[] _view = new Waiting[64];
    private int[] _chosen = new int[64];
    private bool _collecting;
    private int _wakeAt;
    private int _count;

    /// <summary>Requests that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether an instance is collecting.</summary>
    public bool Collecting
    {
        get
        {
            lock (_sync)
            {
                return _collecting;
            }
        }
    }

    /// <summary>Lets a request wait.</summary>
    /// <param name="run">The request.</param>
    /// <param name="wanted">Whether an idle instance should come for it; else one is collecting already.</param>
    /// <returns>False when as many wait as may.</returns>
    public bool TryAdd(PendingRun run, out bool wanted)
    {
        lock (_sync)
        {
            wanted = !_collecting;
            if (_queue.Count >= plan.MaxQueueSize)
            {
                return false;
            }

            _queue.Add(run);
            Volatile.Write(ref _count, _queue.Count);
            if (_collecting && (_queue.Rows >= _wakeAt || plan.Preferred.Count > 0))
            {
                Monitor.Pulse(_sync);
            }

            return true;
        }
    }

    /// <summary>Takes a request out that is not awaited any more; false when it does not wait any more.</summary>
    public bool TryRemove(PendingRun run)
    {
        lock (_sync)
        {
            bool removed = _queue.Remove(run);
            Volatile.Write(ref _count, _queue.Count);
            return removed;
        }
    }

    /// <summary>The next batch for an instance that is free.</summary>
    /// <param name="batch">Gets the requests; it stays empty when there is nothing to do, or another instance sees to it.</param>
    /// <param name="expected">Rows that came together last time, and that are likely to come again soon.</param>
    /// <param name="linger">How long it pays to wait for them.</param>
    public void Collect(List<PendingRun> batch, int expected, TimeSpan linger)
    {
        lock (_sync)
        {
            if (_collecting)
            {
                return;
            }

            _collecting = true;
            try
            {
                WaitAndTake(batch, expected, linger);
            }
            finally
            {
                _collecting = false;
            }
        }
    }

    private void WaitAndTake(List<PendingRun> batch, int expected, TimeSpan linger)
    {
        bool held = plan.MaxQueueDelay > TimeSpan.Zero;
        long began = time.GetTimestamp();
        while (true)
        {
            TimeSpan rest = !held ? linger - time.GetElapsedTime(began)
                : _queue.Oldest is { } oldest ? plan.MaxQueueDelay - time.GetElapsedTime(oldest)
                : TimeSpan.Zero;
            _wakeAt = held ? plan.MaxRows : expected;
            Take(batch, due: rest <= TimeSpan.Zero, _wakeAt);
            if (batch.Count > 0 || rest <= TimeSpan.Zero)
            {
                return;
            }

            Wait(rest);
        }
    }

    private void Take(List<PendingRun> batch, bool due, int enough)
    {
        if (_queue.First is not { } first)
        {
            return;
        }

        if (_view.Length < _queue.Count)
        {
            _view = new Waiting[_queue.Count * 2];
            _chosen = new int[_queue.Count * 2];
        }

        int seen = 0;
        for (PendingRun? run = first; run is not null && (plan.Batches || seen == 0); run = run.Next)
        {
            _view[seen++] = new Waiting(run.Rows, seen == 1 || BatchAxis.Joins(first, run));
        }

        int count = _planner.Choose(_view.AsSpan(0, seen), due, enough, _chosen);
        PendingRun? at = first;
        for (int place = 0, next = 0; next < count; place++)
        {
            PendingRun run = at!;
            at = run.Next;
            if (place == _chosen[next])
            {
                _queue.Remove(run);
                batch.Add(run);
                next++;
            }
        }

        Volatile.Write(ref _count, _queue.Count);
    }

    // Sleeping is not exact to less than a millisecond, which may be much of what is to be waited.
    private void Wait(TimeSpan rest)
    {
        if (rest >= ShortestSleep)
        {
            Monitor.Wait(_sync, (int)rest.TotalMilliseconds);
            return;
        }

        Monitor.Exit(_sync);
        try
        {
            Thread.Yield();
        }
        finally
        {
            Monitor.Enter(_sync);
        }
    }
}
