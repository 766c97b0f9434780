using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>
/// Counts one model's outcomes and keeps them in closed ticks. Outcomes go to stripes by processor, each with its own lock,
/// so that recording stays cheap under load; closing a tick empties the stripes under those locks, so an outcome is in
/// exactly one tick and a closed tick never changes.
/// </summary>
internal sealed class ModelRecorder
{
    private readonly Stripe[] stripes;
    private readonly int retainedTicks;
    private readonly Lock historyLock = new();
    private readonly Queue<EvidenceTick> history = new();
    private long oldest;
    private long next;
    private long acknowledged;
    private long lastReadTimestamp;
    private bool read;

    /// <param name="firstSequence">The tick now open.</param>
    /// <param name="retainedTicks">How many ticks stay readable.</param>
    public ModelRecorder(long firstSequence, int retainedTicks)
    {
        oldest = next = firstSequence;
        this.retainedTicks = retainedTicks;
        stripes = new Stripe[Math.Clamp(Environment.ProcessorCount, 1, 16)];
        for (int i = 0; i < stripes.Length; i++) stripes[i] = new Stripe();
    }

    public void RecordRequest(string revision, RequestOutcome outcome, TimeSpan duration)
    {
        Stripe stripe = CurrentStripe();
        lock (stripe.Gate) stripe.Get(revision).AddRequest(outcome, duration);
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
        lock (historyLock)
        {
            foreach (Stripe stripe in stripes)
            {
                lock (stripe.Gate) stripe.MoveTo(merged);
            }

            if (merged.Count > 0)
            {
                history.Enqueue(new EvidenceTick
                {
                    Sequence = sequence,
                    Start = start,
                    Revisions = merged.ToDictionary(r => r.Key, r => r.Value.ToCounts()),
                });
            }

            next = nextSequence;
            oldest = Math.Max(oldest, next - retainedTicks);
            while (history.TryPeek(out EvidenceTick? tick) && tick.Sequence < oldest) history.Dequeue();
        }
    }

    /// <summary>Closed ticks from <paramref name="since"/> on. The cursor also tells that everything before it has been kept by the reader.</summary>
    public EvidenceReport Read(string instance, long tableVersion, long since, long timestamp)
    {
        lock (historyLock)
        {
            read = true;
            lastReadTimestamp = timestamp;
            acknowledged = Math.Clamp(since, acknowledged, Math.Max(acknowledged, next));
            return new EvidenceReport
            {
                Instance = instance,
                TableVersion = tableVersion,
                Oldest = oldest,
                Next = next,
                Ticks = [.. history.Where(t => t.Sequence >= since)],
            };
        }
    }

    /// <summary>Whether a reader was here since <paramref name="timestamp"/> that has not yet asked for what follows the last kept tick.</summary>
    public bool HasUnacknowledgedTicks(long timestamp)
    {
        lock (historyLock)
        {
            return read && lastReadTimestamp >= timestamp && history.Count > 0 && history.Last().Sequence >= acknowledged;
        }
    }

    /// <summary>Nothing is kept and nothing is open.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (historyLock)
            {
                if (history.Count > 0) return false;
            }

            foreach (Stripe stripe in stripes)
            {
                lock (stripe.Gate)
                {
                    if (!stripe.IsEmpty) return false;
                }
            }

            return true;
        }
    }

    private Stripe CurrentStripe() => stripes[(uint)Thread.GetCurrentProcessorId() % (uint)stripes.Length];

    private sealed class Stripe
    {
        private readonly Dictionary<string, CountsAccumulator> revisions = [];

        public Lock Gate { get; } = new();

        public bool IsEmpty => revisions.Values.All(r => r.IsEmpty);

        public CountsAccumulator Get(string revision)
        {
            if (revisions.TryGetValue(revision, out CountsAccumulator? counts)) return counts;
            counts = new CountsAccumulator();
            revisions.Add(revision, counts);
            return counts;
        }

        public void MoveTo(Dictionary<string, CountsAccumulator> target)
        {
            List<string>? idle = null;
            foreach ((string revision, CountsAccumulator counts) in revisions)
            {
                // A revision without outcomes in a whole tick gives its memory back; revisions come and go for ever.
                if (counts.IsEmpty)
                {
                    (idle ??= []).Add(revision);
                    continue;
                }

                if (!target.TryGetValue(revision, out CountsAccumulator? sum)) target.Add(revision, sum = new CountsAccumulator());
                counts.MoveTo(sum);
            }

            if (idle is not null)
            {
                foreach (string revision in idle) revisions.Remove(revision);
            }
        }
    }
}
