using System.Collections.Concurrent;
using System.Net;

namespace ModelOperator.Router.Forwarding;

/// <summary>Bounds the memory of all request bodies together that are kept for one purpose, and what one client may have of it.</summary>
internal sealed class BufferBudget(long bytes, long bytesOfOneClient)
{
    private readonly ConcurrentDictionary<IPAddress, long> _taken = new();
    private long _available = bytes;

    public long Available => Volatile.Read(ref _available);

    public bool TryTake(IPAddress client, int count)
    {
        if (Interlocked.Add(ref _available, -count) < 0)
        {
            Interlocked.Add(ref _available, count);
            return false;
        }

        long taken = _taken.AddOrUpdate(client, static (_, more) => more, static (_, before, more) => before + more, (long)count);
        if (taken <= bytesOfOneClient)
        {
            return true;
        }

        Return(client, count);
        return false;
    }

    public void Return(IPAddress client, int count)
    {
        Interlocked.Add(ref _available, count);
        _taken.AddOrUpdate(client, static (_, _) => 0, static (_, before, less) => before - less, (long)count);

        // Only when nobody has taken anything in the meantime.
        _taken.TryRemove(new KeyValuePair<IPAddress, long>(client, 0));
    }
}

/// <summary>The memory for feedback, which requests for inference cannot use up.</summary>
internal sealed class FeedbackBudget(long bytes)
{
    /// <summary>A quarter of it for one client, which may be a gateway.</summary>
    public BufferBudget Buffers { get; } = new(bytes, bytes / 4);
}
