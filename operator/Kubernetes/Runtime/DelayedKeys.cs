using System.Diagnostics.CodeAnalysis;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>
/// Keys and when they are due, by the monotonic clock: a step of the wall clock must neither hold keys back nor release them.
/// Not safe for several threads at once.
/// </summary>
internal sealed class DelayedKeys<TKey>(TimeProvider time)
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> _due = [];

    // Holds an entry for each time a key's due moved forward; entries that disagree with _due are skipped.
    private readonly PriorityQueue<TKey, long> _order = new();

    /// <summary>False when the key is due no later already.</summary>
    public bool Add(TKey key, TimeSpan delay)
    {
        var due = time.GetTimestamp() + (long)Math.Ceiling(delay.TotalSeconds * time.TimestampFrequency);
        if (_due.TryGetValue(key, out var before) && before <= due)
        {
            return false;
        }

        _due[key] = due;
        _order.Enqueue(key, due);
        return true;
    }

    public bool TryTakeDue([MaybeNullWhen(false)] out TKey key)
    {
        if (TryPeek(out key, out var due) && due <= time.GetTimestamp())
        {
            _order.Dequeue();
            _due.Remove(key);
            return true;
        }

        return false;
    }

    /// <summary>How long until the next key is due, rounded up to a millisecond as timers count; null when there is none.</summary>
    public TimeSpan? UntilNext()
    {
        if (!TryPeek(out _, out var due))
        {
            return null;
        }

        var wait = time.GetElapsedTime(time.GetTimestamp(), due);
        return TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, int.MaxValue));
    }

    private bool TryPeek([MaybeNullWhen(false)] out TKey key, out long due)
    {
        while (_order.TryPeek(out key, out due))
        {
            if (_due.TryGetValue(key, out var current) && current == due)
            {
                return true;
            }

            _order.Dequeue();
        }

        return false;
    }
}
