using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ModelOperator.Server.Execution;

/// <summary>Memory of this process that the device of a session reads and writes as fast as it can.</summary>
internal sealed unsafe class HostMemory : IDisposable
{
    // A cache line, which is also what the widest vector instructions like.
    private const int Alignment = 64;

    private readonly OrtAllocator? _pinned;
    private readonly OrtMemoryInfo? _pinnedInfo;

    private HostMemory(OrtAllocator? pinned, OrtMemoryInfo? pinnedInfo)
    {
        (_pinned, _pinnedInfo) = (pinned, pinnedInfo);
        Info = (pinnedInfo ?? OrtMemoryInfo.DefaultInstance).DangerousGetHandle();
    }

    /// <summary>Tells ONNX Runtime what kind of memory it is.</summary>
    public nint Info { get; }

    /// <summary>Whether a device copies from and to it by itself, so that inputs are to be brought there first.</summary>
    public bool Pinned => _pinned is not null;

    /// <summary>Plain memory, for sessions that compute on the CPU.</summary>
    public static HostMemory Plain() => new(null, null);

    /// <summary>Page-locked memory of a GPU; plain memory where the provider has none.</summary>
    public static HostMemory PinnedFor(InferenceSession session, int device)
    {
        OrtMemoryInfo info = new(OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, device, OrtMemType.CpuOutput);
        try
        {
            return new HostMemory(new OrtAllocator(session, info), info);
        }
        catch (OnnxRuntimeException)
        {
            info.Dispose();
            return Plain();
        }
    }

    public Block Allocate(nuint bytes)
    {
        if (_pinned is null)
        {
            return new Block((nint)NativeMemory.AlignedAlloc(bytes, Alignment), null);
        }

        OrtMemoryAllocation allocation = _pinned.Allocate(checked((uint)bytes));
        return new Block(allocation.DangerousGetHandle(), allocation);
    }

    public void Dispose()
    {
        _pinned?.Dispose();
        _pinnedInfo?.Dispose();
    }

    /// <summary>Memory until it is freed.</summary>
    public readonly struct Block(nint address, OrtMemoryAllocation? allocation)
    {
        public nint Address => address;

        public void Free()
        {
            if (allocation is not null)
            {
                allocation.Dispose();
            }
            else
            {
                NativeMemory.AlignedFree((void*)address);
            }
        }
    }
}
