namespace ModelOperator.Router.Forwarding;

/// <summary>Bounds the memory of all kept request bodies together.</summary>
internal sealed class BufferBudget(long bytes)
{
    private long _available = bytes;

    public long Available => Volatile.Read(ref _available);

    public bool TryTake(int count)
    {
        if (Interlocked.Add(ref _available, -count) >= 0) return true;
        Interlocked.Add(ref _available, count);
        return false;
    }

    public void Return(int count) => Interlocked.Add(ref _available, count);
}
