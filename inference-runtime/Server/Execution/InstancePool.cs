namespace ModelOperator.Server.Execution;

/// <summary>Hands out the instances of a model.</summary>
internal sealed class InstancePool : IDisposable
{
    private readonly SlotRing[] _rings;
    private readonly WidthChooser? _chooser;

    /// <param name="rings">One for each device; or of a CPU model the one whose runs use several threads and the one whose runs use one.</param>
    /// <param name="chooser">Of the latter, what chooses between the two.</param>
    public InstancePool(SlotRing[] rings, WidthChooser? chooser = null)
    {
        (_rings, _chooser) = (rings, chooser);
        Count = chooser is null ? rings.Sum(r => r.Count) : rings[^1].Count;
    }

    /// <summary>Runs that are possible at the same time.</summary>
    public int Count { get; }

    public IReadOnlyList<SlotRing> Rings => _rings;

    /// <summary>Chooses anew for each run how many threads it gets; null where all runs are alike.</summary>
    public WidthChooser? Chooser => _chooser;

    /// <summary>An idle instance, for the first of the requests that wait.</summary>
    /// <param name="waiting">How many there are.</param>
    /// <param name="instance">The instance.</param>
    public bool TryTake(int waiting, out Instance instance) =>
        _chooser is not null ? _chooser.TryTake(waiting, out instance)
            : _rings.Length == 1 ? _rings[0].TryTake(out instance)
            : TryTakeAnyDevice(out instance);

    public void Return(in Instance instance)
    {
        if (_chooser is not null)
        {
            _chooser.Return(instance);
            return;
        }

        instance.Ring.Return(instance);
    }

    public void Dispose()
    {
        _chooser?.Dispose();
        foreach (SlotRing ring in _rings)
        {
            ring.Dispose();
        }
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
