using System.Diagnostics.CodeAnalysis;

namespace ModelOperator.Server.Execution;

/// <summary>Hands out the instances of a model: each is the right to run it once at a time, and what that takes.</summary>
internal sealed class InstancePool : IDisposable
{
    private readonly Lock _lock = new();

    /// <param name="devices">Sessions, and how many runs of each are possible at the same time.</param>
    /// <param name="inputs">The model's inputs.</param>
    public InstancePool(IEnumerable<(OrtSession Session, int Instances)> devices, IReadOnlyList<TensorSpec> inputs) =>
        Devices =
            [.. devices.Select(d => new DeviceInstances(
                d.Session, [.. Enumerable.Range(0, d.Instances).Select(_ => new RunSlot(d.Session, inputs))]))];

    public IReadOnlyList<DeviceInstances> Devices { get; }

    /// <summary>Runs that are possible at the same time.</summary>
    public int Count => Devices.Sum(d => d.Count);

    /// <summary>Takes an idle instance of the least busy device.</summary>
    public bool TryTake([NotNullWhen(true)] out RunSlot? slot)
    {
        lock (_lock)
        {
            return Devices.MinBy(d => d.Busy)!.Idle.TryPop(out slot);
        }
    }

    public void Return(RunSlot slot)
    {
        lock (_lock)
        {
            foreach (DeviceInstances device in Devices)
            {
                if (device.Session == slot.Session)
                {
                    device.Idle.Push(slot);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (DeviceInstances device in Devices)
            {
                foreach (RunSlot slot in device.Idle)
                {
                    slot.Dispose();
                }

                device.Session.Dispose();
            }
        }
    }
}

/// <summary>The instances on one device.</summary>
internal sealed class DeviceInstances(OrtSession session, RunSlot[] slots)
{
    public OrtSession Session => session;

    public int Count => slots.Length;

    /// <summary>Runs in progress.</summary>
    public int Busy => slots.Length - Idle.Count;

    /// <summary>Belongs to the pool, which locks.</summary>
    internal Stack<RunSlot> Idle { get; } = new(slots);
}
