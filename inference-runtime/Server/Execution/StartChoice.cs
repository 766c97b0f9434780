using System.Runtime.InteropServices;

namespace ModelOperator.Server.Execution;

/// <summary>How the request that is next starts.</summary>
internal enum StartChoice
{
    /// <summary>Not before a run in progress has ended.</summary>
    Later,

    /// <summary>Now, beside others.</summary>
    OneThread,

    /// <summary>Now, alone.</summary>
    AllThreads,
}

/// <summary>What is going on when a request could start.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunLoad
{
    /// <summary>Runs of one thread that are possible at the same time.</summary>
    public required int Places { get; init; }

    /// <summary>Runs in progress.</summary>
    public required int Running { get; init; }

    /// <summary>Whether one of them has all threads.</summary>
    public bool Wide { get; init; }

    /// <summary>Until the last of them is expected to end.</summary>
    public TimeSpan Remaining { get; init; }

    /// <summary>Requests that are to be started, at least one.</summary>
    public required int Waiting { get; init; }

    /// <summary>Whether they wait because all places were taken: more is asked than runs with all threads could give.</summary>
    public bool Saturated { get; init; }

    /// <summary>Whether each waits as long as the one before, so that for each that ends another one comes.</summary>
    public bool Persistent { get; init; }

    /// <summary>
    /// Whichever way has the last of those that wait done soonest. One after the other on all threads, which is sooner for few but costs
    /// more; or beside each other on one thread each, which wastes nothing and so is sooner for many. Beside a run that has all
    /// threads nothing starts: it would take from it what it gets.
    /// </summary>
    /// <param name="narrow">Time of a run on one thread.</param>
    /// <param name="wide">Time of a run on all threads with nothing beside it.</param>
    public StartChoice Choose(TimeSpan narrow, TimeSpan wide) =>
        Running == 0 ? (wide * (Persistent ? Waiting + 1 : Waiting) <= narrow ? StartChoice.AllThreads : StartChoice.OneThread)
            : Wide || Running >= Places ? StartChoice.Later
            : !Saturated && Remaining + (wide * Waiting) < narrow ? StartChoice.Later
            : StartChoice.OneThread;
}
