using ModelOperator.Server.Commands;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Serving;

/// <summary>Threads for the runs of models, which block them.</summary>
internal static class ThreadRoom
{
    /// <summary>A run that is shorter gives its thread back soon enough.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMilliseconds(0.5);

    /// <summary>
    /// Lets the thread pool have threads for probes and other requests besides those that compute. Not for quick models: threads beyond
    /// the CPUs then only take turns, which costs more than such a model.
    /// </summary>
    public static void Make(ExecutionOptions options)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, ExecutionFlags.BlockedThreads(options) + Environment.ProcessorCount + 2), completions);
    }
}
