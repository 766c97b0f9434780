using System.Collections.Concurrent;
using System.Diagnostics;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>
/// Starts processes that end with this one, however it ends: the kernel kills them when the thread that started them is gone
/// (PR_SET_PDEATHSIG). So all are started by one thread that ends only with the process; those of the pool come and go.
/// </summary>
internal static class Children
{
    private static readonly BlockingCollection<Action> Starts = [];

    static Children() => new Thread(static () =>
    {
        foreach (Action start in Starts.GetConsumingEnumerable())
        {
            start();
        }
    })
    {
        IsBackground = true,
        Name = "children",
    }.Start();

    /// <summary>How to start a program whose output is read; setpriv becomes it, so that the process id is the program's.</summary>
    public static ProcessStartInfo Command(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("setpriv") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["--pdeathsig", "KILL", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static Task StartAsync(Process process)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }
}
