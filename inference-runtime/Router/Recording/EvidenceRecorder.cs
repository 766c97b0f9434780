using System.Collections.Concurrent;
using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>
/// What this router saw of every model, in ticks of one second. The numbers of ticks follow the clock, so a tick that was
/// closed late (a paused process) covers more than a second and the numbers it slept through stay unused.
/// </summary>
internal sealed class EvidenceRecorder
{
    /// <summary>Ticks kept: 15 minutes.</summary>
    public const int RetainedTicks = 900;

    private readonly TimeProvider timeProvider;
    private readonly long started;
    private readonly ConcurrentDictionary<string, ModelRecorder> models = new();
    private readonly Lock tickLock = new();
    private DateTimeOffset openTickStart;
    private long openTick;

    public EvidenceRecorder(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        started = timeProvider.GetTimestamp();
        openTickStart = timeProvider.GetUtcNow();
    }

    /// <summary>Identity of this process.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The recorder of a model; only for models that exist, because each takes memory.</summary>
    public ModelRecorder Model(string name)
    {
        if (models.TryGetValue(name, out ModelRecorder? recorder)) return recorder;
        lock (tickLock) return models.GetOrAdd(name, _ => new ModelRecorder(openTick, RetainedTicks));
    }

    /// <summary>The report of a model; one without ticks when nothing was ever recorded.</summary>
    public EvidenceReport Read(string name, long tableVersion, long since)
    {
        if (models.TryGetValue(name, out ModelRecorder? recorder))
        {
            return recorder.Read(Instance, tableVersion, since, timeProvider.GetTimestamp());
        }

        lock (tickLock)
        {
            return new EvidenceReport { Instance = Instance, TableVersion = tableVersion, Oldest = openTick, Next = openTick, Ticks = [] };
        }
    }

    /// <summary>Closes the open tick of every model. Called once a second.</summary>
    public void CloseTick()
    {
        lock (tickLock)
        {
            long sequence = openTick;
            DateTimeOffset start = openTickStart;
            openTickStart = timeProvider.GetUtcNow();
            openTick = Math.Max(sequence + 1, (long)timeProvider.GetElapsedTime(started).TotalSeconds);
            foreach (ModelRecorder recorder in models.Values) recorder.CloseTick(sequence, start, openTick);
        }
    }

    /// <summary>Forgets models that are gone once their last tick has expired.</summary>
    public void Forget(Func<string, bool> exists)
    {
        lock (tickLock)
        {
            foreach ((string name, ModelRecorder recorder) in models)
            {
                if (!exists(name) && recorder.IsEmpty) models.TryRemove(name, out _);
            }
        }
    }

    /// <summary>Whether a reader seen within <paramref name="window"/> has yet to confirm ticks of one of these models.</summary>
    public bool HasUnacknowledgedTicks(Func<string, bool> exists, TimeSpan window)
    {
        long since = timeProvider.GetTimestamp() - (long)(window.TotalSeconds * timeProvider.TimestampFrequency);
        return models.Any(m => exists(m.Key) && m.Value.HasUnacknowledgedTicks(since));
    }
}
