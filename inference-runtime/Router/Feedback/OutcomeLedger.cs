using ModelOperator.Protocol;

namespace ModelOperator.Router.Feedback;

/// <summary>
/// Which feedback has been counted, so that it is not again. Bounded in number and time by two generations: when the younger is full or old
/// it becomes the elder, and the elder is forgotten. The last half of the capacity is always known, for half a day at least unless more
/// came.
/// </summary>
internal sealed class OutcomeLedger(int capacity, TimeProvider timeProvider)
{
    /// <summary>How long a generation takes entries.</summary>
    public static readonly TimeSpan GenerationTime = TimeSpan.FromHours(12);

    private readonly Lock _lock = new();
    private Dictionary<FeedbackKey, Outcomes> _young = [];
    private Dictionary<FeedbackKey, Outcomes> _elder = [];
    private long _started = timeProvider.GetTimestamp();

    /// <summary>What was counted under this key; null for nothing known.</summary>
    public Outcomes? Find(FeedbackKey key)
    {
        lock (_lock)
        {
            return FindLocked(key);
        }
    }

    /// <summary>Enters outcomes, unless there are some already: then gives those.</summary>
    public Outcomes? Enter(FeedbackKey key, Outcomes outcomes)
    {
        lock (_lock)
        {
            if (FindLocked(key) is { } earlier)
            {
                return earlier;
            }

            if (_young.Count >= capacity / 2 || timeProvider.GetElapsedTime(_started) >= GenerationTime)
            {
                _elder = _young;
                _young = [];
                _started = timeProvider.GetTimestamp();
            }

            _young.Add(key, outcomes);
            return null;
        }
    }

    private Outcomes? FindLocked(FeedbackKey key) =>
        _young.TryGetValue(key, out Outcomes outcomes) || _elder.TryGetValue(key, out outcomes) ? outcomes : null;
}
