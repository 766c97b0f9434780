using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>
/// Counts one model's outcomes and keeps them in closed ticks. Outcomes go to stripes by processor, each with its own lock,
/// so that recording stays cheap under load; closing a tick empties the stripes under those locks, so an outcome is in
/// exactly one tick and a closed tick never changes.
/// </summary>
internal sealed class ModelRecorder
{
    private readonly Stripe[] _stripes;
    private readonly int _retainedTicks;
    private readonly Lock _historyLock = new();
    private readonly Queue<EvidenceTick> _history = new();
    private long _oldest;
    private long _next;
    private long _acknowledged;
    private long _lastReadTimestamp;
    private bool _read;

    /// <param name="firstSequence">The tick now open.</param>
    /// <param name="retainedTicks">How many ticks stay readable.</param>
    public ModelRecorder(long firstSequence, int retainedTicks)
    {
        _oldest = _next = firstSequence;
        _retainedTicks = retainedTicks;
        _stripes = new Stripe[Math.Clamp(Environment.ProcessorCount, 1, 16)];
        for (int i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new Stripe();
        }
    }

    public void RecordRequest(string revision, RequestOutcome outcome, TimeSpan duration)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddRequest(outcome, duration);
    }

    /// <summary>A request whose client went away before it had the whole answer.</summary>
    public void RecordAbandoned(string revision, TimeSpan waited)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddAbandoned(waited);
    }

    /// <summary>A request to a pod that was cold when it was sent: how it ended is no evidence.</summary>
    public void RecordWarmUp(string revision)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddWarmUp();
    }

    /// <summary>Predictions that truth may come for: as many outcomes can be true of the revision.</summary>
    public void RecordPredictions(string revision, int predictions)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddPredictions(predictions);
    }

    /// <summary>A request for which chance chose the revision, before anything is known of how it ends.</summary>
    public void RecordDrawn(string revision)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddDrawn();
    }

    public void RecordFeedback(string revision, long correct, long incorrect)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddFeedback(correct, incorrect);
    }

    /// <summary>Closes the open tick under this number and opens the next.</summary>
    public void CloseTick(long sequence, DateTimeOffset start, long nextSequence)
    {
        var merged = new Dictionary<string, CountsAccumulator>();
        lock (_historyLock)
        {
            foreach (Stripe stripe in _stripes)
            {
                lock (stripe.Gate) stripe.MoveTo(merged);
            }

            if (merged.Count > 0)
            {
                _history.Enqueue(new EvidenceTick
                {
                    Sequence = sequence,
                    Start = start,
                    Revisions = merged.ToDictionary(r => r.Key, r => r.Value.ToCounts()),
                });
            }

            _next = nextSequence;
            _oldest = Math.Max(_oldest, _next - _retainedTicks);
            while (_history.TryPeek(out EvidenceTick? tick) && tick.Sequence < _oldest)
            {
                _history.Dequeue();
            }
        }
    }

    /// <summary>
    /// Closed ticks from <paramref name="since"/> on. The cursor also tells that everything before it has been kept by the reader.
    /// </summary>
    public EvidenceReport Read(string instance, long tableVersion, long since, TimeProvider timeProvider)
    {
        lock (_historyLock)
        {
            _read = true;
            _lastReadTimestamp = timeProvider.GetTimestamp();

            // A cursor from beyond the end is of another router process and confirms nothing.
            if (since <= _next)
            {
                _acknowledged = Math.Max(_acknowledged, since);
            }

            List<EvidenceTick> ticks = [.. ReportSize.Fitting(_history.Where(t => t.Sequence >= since))];
            bool isCut = _history.Count > 0 && _history.Last() is { } last && last.Sequence >= since && last.Sequence > ticks[^1].Sequence;
            return new EvidenceReport
            {
                Instance = instance,
                TableVersion = tableVersion,
                Time = timeProvider.GetUtcNow(),
                Oldest = _oldest,
                Next = isCut ? ticks[^1].Sequence + 1 : _next,
                IsCut = isCut,
                Ticks = ticks,
            };
        }
    }

    /// <summary>
    /// Whether a reader was here since <paramref name="timestamp"/> that has not yet asked for what follows the last kept tick.
    /// </summary>
    public bool HasUnacknowledgedTicks(long timestamp)
    {
        lock (_historyLock)
        {
            return _read && _lastReadTimestamp >= timestamp && _history.Count > 0 && _history.Last().Sequence >= _acknowledged;
        }
    }

    /// <summary>Nothing is kept and nothing is open.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_historyLock)
            {
                if (_history.Count > 0)
                {
                    return false;
                }
            }

            foreach (Stripe stripe in _stripes)
            {
                lock (stripe.Gate)
                {
                    if (!stripe.IsEmpty)
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    private Stripe CurrentStripe() => _stripes[(uint)Thread.GetCurrentProcessorId() % (uint)_stripes.Length];

    private sealed class Stripe
    {
        private readonly Dictionary<string, CountsAccumulator> _revisions = [];

        public Lock Gate { get; } = new();

        public bool IsEmpty => _revisions.Values.All(r => r.IsEmpty);

        public CountsAccumulator Get(string revision)
        {
            if (_revisions.TryGetValue(revision, out CountsAccumulator? counts))
            {
                return counts;
            }

            counts = new CountsAccumulator();
            _revisions.Add(revision, counts);
            return counts;
        }

        public void MoveTo(Dictionary<string, CountsAccumulator> target)
        {
            List<string>? idle = null;
            foreach ((string revision, CountsAccumulator counts) in _revisions)
            {
                // A revision without outcomes in a whole tick gives its memory back; revisions come and go for ever.
                if (counts.IsEmpty)
                {
                    (idle ??= []).Add(revision);
                    continue;
                }

                if (!target.TryGetValue(revision, out CountsAccumulator? sum))
                {
                    target.Add(revision, sum = new CountsAccumulator());
                }

                counts.MoveTo(sum);
            }

            if (idle is not null)
            {
                foreach (string revision in idle)
                {
                    _revisions.Remove(revision);
                }
            }
        }
    }
}
