using System.Runtime.InteropServices;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>
/// The clock that runs are measured by. On the CPU that is the time that the calling thread computed: what else happens on a node while a pod
/// starts must not decide how its model is run, or two pods of one revision would differ. A GPU is measured from outside.
/// </summary>
internal static partial class RunClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>A point in time that makes sense only against another one of the same thread and session.</summary>
    public static TimeSpan Now(OrtSession session, TimeProvider time) =>
        session.Provider == ExecutionProvider.Cpu && OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out Timespec spent) == 0
            ? TimeSpan.FromTicks((spent.Seconds * TimeSpan.TicksPerSecond) + (spent.Nanoseconds / TimeSpan.NanosecondsPerTick))
            : time.GetElapsedTime(0, time.GetTimestamp());

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
