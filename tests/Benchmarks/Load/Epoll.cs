using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ModelOperator.Benchmarks.Load;

/// <summary>Linux's epoll, edge-triggered: .NET's own sockets cannot be waited for on the thread that was pinned for them.</summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const uint In = 0x001;
    private const uint Out = 0x004;
    private const uint EdgeTriggered = 1u << 31;

    private readonly int _descriptor;
    private readonly Event[] _events = new Event[128];

    public Epoll()
    {
        _descriptor = Create(0);
        ThrowIfFailed(_descriptor);
    }

    public void Watch(nint socket, int tag)
    {
        Event watched = new() { Events = In | Out | EdgeTriggered, Tag = tag };
        ThrowIfFailed(Control(_descriptor, Add, (int)socket, ref watched));
    }

    /// <summary>Tags of the sockets on which something happened; with a wait of 0 it returns at once.</summary>
    public int Wait(Span<int> tags, int milliseconds)
    {
        int count = Wait(_descriptor, _events, Math.Min(tags.Length, _events.Length), milliseconds);
        for (int i = 0; i < count; i++)
        {
            tags[i] = _events[i].Tag;
        }

        return Math.Max(count, 0);
    }

    public void Dispose() => _ = Close(_descriptor);

    private static void ThrowIfFailed(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int epoll, int operation, int socket, ref Event watched);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Wait(int epoll, [Out] Event[] events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    // Packed as on x86-64, where the benchmarks run; other machines align it.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Event
    {
        public uint Events;
        public int Tag;
        public int Unused;
    }
}
