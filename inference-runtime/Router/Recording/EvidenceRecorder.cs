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

    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly ConcurrentDictionary<string, ModelRecorder> _models = new();
    private readonly Lock _tickLock = new();
    private DateTimeOffset _openTickStart;
    private long _openTick;

    public EvidenceRecorder(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _started = timeProvider.GetTimestamp();
        _openTickStart = timeProvider.GetUtcNow();
    }

    /// <summary>Identity of this process.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The recorder of a model; only for models that exist, because each takes memory.</summary>
    public ModelRecorder Model(string name)
    {
        if (_models.TryGetValue(name, out ModelRecorder? recorder))
        {
            return recorder;
        }

        lock (_tickLock) return _models.GetOrAdd(name, _ => new ModelRecorder(_openTick, RetainedTicks));
    }

    /// <summary>The report of a model; one without ticks when nothing was ever recorded.</summary>
    public EvidenceReport Read(string name, long tableVersion, long since)
    {
        if (_models.TryGetValue(name, out ModelRecorder? recorder))
        {
            return recorder.Read(Instance, tableVersion, since, _timeProvider);
        }

        lock (_tickLock)
        {
            return new EvidenceReport
            {
                Instance = Instance,
                TableVersion = tableVersion,
                Time = _timeProvider.GetUtcNow(),
                Oldest = _openTick,
                Next = _openTick,
                Ticks = [],
            };
        }
    }

    /// <summary>Closes the open tick of every model. Called once a second.</summary>
    public void CloseTick()
    {
        lock (_tickLock)
        {
            long sequence = _openTick;
            DateTimeOffset start = _openTickStart;
            _openTickStart = _timeProvider.GetUtcNow();
            _openTick = Math.Max(sequence + 1, (long)_timeProvider.GetElapsedTime(_started).TotalSeconds);
            foreach (ModelRecorder recorder in _models.Values)
            {
                recorder.CloseTick(sequence, start, _openTick);
            }
        }
    }

    /// <summary>Forgets models that are gone once their last tick has expired.</summary>
    public void Forget(Func<string, bool> exists)
    {
        lock (_tickLock)
        {
            foreach ((string name, ModelRecorder recorder) in _models)
            {
                if (!exists(name) && recorder.IsEmpty)
                {
                    _models.TryRemove(name, out _);
                }
            }
        }
    }

    /// <summary>Whether a reader seen within <paramref name="window"/> has yet to confirm ticks of one of these models.</summary>
    public bool HasUnacknowledgedTicks(Func<string, bool> exists, TimeSpan window)
    {
        long since = _timeProvider.GetTimestamp() - (long)(window.TotalSeconds * _timeProvider.TimestampFrequency);
        return _models.Any(m => exists(m.Key) && m.Value.HasUnacknowledgedTicks(since));
    }
}
