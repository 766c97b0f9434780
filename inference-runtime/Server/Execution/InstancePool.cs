namespace ModelOperator.Server.Execution;

/// <summary>Hands out the instances of a model.</summary>
internal sealed class InstancePool : IDisposable
{
    private readonly SlotRing[] _rings;
    private readonly bool _adaptive;
    private int _busy;

    /// <param name="rings">One for each device; or of a CPU model the one whose runs use several threads and the one whose runs use one.</param>
    /// <param name="adaptive">
    /// The latter: while few requests are in progress they run on the first, which answers them soonest; when there are enough to keep all
    /// CPUs busy they run on the second, which loses no time to bringing threads together.
    /// </param>
    public InstancePool(SlotRing[] rings, bool adaptive)
    {
        (_rings, _adaptive) = (rings, adaptive);
        Count = adaptive ? rings[^1].Count : rings.Sum(r => r.Count);
    }

    /// <summary>Runs that are possible at the same time.</summary>
    public int Count { get; }

    public IReadOnlyList<SlotRing> Rings => _rings;

    public bool TryTake(out Instance instance) =>
        _rings.Length == 1 ? _rings[0].TryTake(out instance)
            : _adaptive ? TryTakeAdaptive(out instance)
            : TryTakeAnyDevice(out instance);

    public void Return(in Instance instance)
    {
        if (_adaptive)
        {
            Interlocked.Decrement(ref _busy);
        }

        instance.Ring.Return(instance);
    }

    public void Dispose()
    {
        foreach (SlotRing ring in _rings)
        {
            ring.Dispose();
        }
    }

    private bool TryTakeAdaptive(out Instance instance)
    {
        int busy = Interlocked.Increment(ref _busy);
        if (busy <= Count)
        {
            bool few = (busy - 1) * 2 < Count;
            if (_rings[few ? 0 : 1].TryTake(out instance) || _rings[few ? 1 : 0].TryTake(out instance))
            {
                return true;
            }
        }

        Interlocked.Decrement(ref _busy);
        instance = default;
        return false;
    }

    private bool TryTakeAnyDevice(out Instance instance)
    {
        int least = 0;
        for (int i = 1; i < _rings.Length; i++)
        {
            least = _rings[i].Busy < _rings[least].Busy ? i : least;
        }

        for (int i = 0; i < _rings.Length; i++)
        {
            if (_rings[(least + i) % _rings.Length].TryTake(out instance))
            {
                return true;
            }
        }

        instance = default;
        return false;
    }
}
