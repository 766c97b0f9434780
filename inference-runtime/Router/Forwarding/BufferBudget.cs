namespace ModelOperator.Router.Forwarding;

/// <summary>Bounds the memory of all kept request bodies together.</summary>
internal sealed class BufferBudget(long bytes)
{
    private long available = bytes;

    public long Available => Volatile.Read(ref available);

    public bool TryTake(int count)
    {
        if (Interlocked.Add(ref available, -count) >= 0) return true;
        Interlocked.Add(ref available, count);
        return false;
    }

    public void Return(int count) => Interlocked.Add(ref available, count);
}
