namespace ModelOperator.Server.Execution;

/// <summary>The runs that one session may do at the same time. Threads that come again and again find the slot they had, without a lock.</summary>
internal sealed class SlotRing : IDisposable
{
    private readonly Place[] _places;

    public SlotRing(OrtSession session, IEnumerable<RunSlot> slots)
    {
        Session = session;
        _places = [.. slots.Select(s => new Place { Slot = s })];
    }

    public OrtSession Session { get; }

    public int Count => _places.Length;

    /// <summary>Runs in progress.</summary>
    public int Busy => _places.Count(p => p.Slot is null);

    public bool TryTake(out Instance instance)
    {
        int start = Thread.GetCurrentProcessorId();
        for (int i = 0; i < _places.Length; i++)
        {
            int at = (start + i) % _places.Length;
            if (_places[at].Slot is not null && Interlocked.Exchange(ref _places[at].Slot, null) is { } slot)
            {
                instance = new Instance(this, at, slot);
                return true;
            }
        }

        instance = default;
        return false;
    }

    public void Return(in Instance instance)
    {
        // With a full fence: whoever returns a slot looks next whether somebody waits for it.
        Interlocked.Exchange(ref _places[instance.Place].Slot, instance.Slot);
    }

    public void Dispose()
    {
        foreach (Place place in _places)
        {
            place.Slot?.Dispose();
        }

        Session.Dispose();
    }

    // Each on a cache line of its own.
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Size = 64)]
    private struct Place
    {
        public RunSlot? Slot;
    }
}

/// <summary>The right to run a model once at a time, and what is needed to.</summary>
internal readonly record struct Instance(SlotRing Ring, int Place, RunSlot Slot);
