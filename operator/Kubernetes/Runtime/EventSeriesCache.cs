using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What makes two events the same.</summary>
internal readonly record struct EventKey(
    EntityKey Involved, string Kind, string? Uid, EventType Type, string Reason, string Action, string Note);

/// <summary>One event and how often it happened.</summary>
internal sealed class RecordedSeries(Event written, long observedAt, long writtenAt)
{
    public Event Written { get; } = written;

    public int Count { get; set; } = 1;

    public int WrittenCount { get; set; } = 1;

    public DateTimeOffset LastObserved { get; set; }

    public long LastObservedAt { get; set; } = observedAt;

    public long WrittenAt { get; set; } = writtenAt;
}

/// <summary>The series that still go on, the least recent forgotten first. Not safe for several threads at once.</summary>
internal sealed class EventSeriesCache(EventRecorderOptions options, TimeProvider time)
{
    private readonly Dictionary<EventKey, LinkedListNode<(EventKey Key, RecordedSeries Series)>> _series = [];
    private readonly LinkedList<(EventKey Key, RecordedSeries Series)> _order = [];

    /// <summary>
    /// Counts the event when its series goes on; null when it is new. A series ends by the time between what was observed, not
    /// between what was written: a slow server does not make one of two.
    /// </summary>
    public RecordedSeries? Count(EventKey key, DateTimeOffset observed, long observedAt)
    {
        if (!_series.TryGetValue(key, out var node))
        {
            return null;
        }

        var series = node.Value.Series;
        if (time.GetElapsedTime(series.LastObservedAt, observedAt) > options.SeriesWindow)
        {
            Forget(key);
            return null;
        }

        series.Count++;
        series.LastObserved = observed;
        series.LastObservedAt = observedAt;
        _order.Remove(node);
        _order.AddLast(node);
        return series;
    }

    public void Remember(EventKey key, Event written, long observedAt)
    {
        Forget(key);
        if (_series.Count >= options.Remembered && _order.First is { } oldest)
        {
            Forget(oldest.Value.Key);
        }

        _series[key] = _order.AddLast((key, new RecordedSeries(written, observedAt, time.GetTimestamp())));
    }

    public void Forget(EventKey key)
    {
        if (_series.Remove(key, out var node))
        {
            _order.Remove(node);
        }
    }

    /// <summary>Series with counts that were not written yet; with <paramref name="all"/> also those written a moment ago.</summary>
    public IReadOnlyList<(EventKey Key, RecordedSeries Series)> Unwritten(bool all) =>
        [.. _order.Where(e => e.Series.Count > e.Series.WrittenCount
            && (all || e.Series.WrittenCount == 1 || time.GetElapsedTime(e.Series.WrittenAt) >= options.SeriesUpdatePeriod))];
}
