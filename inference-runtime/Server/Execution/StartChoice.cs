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

    /// <summary>Requests that waited or ran lately, on average over the time.</summary>
    public required double Lately { get; init; }

    /// <summary>
    /// With all threads as long as no more requests are there than runs on one thread would take to answer as many a second: each is then answered
    /// sooner. With more, runs on one thread answer more a second, since they lose nothing to bringing threads together. That is judged by
    /// an average: a few that meet for once are through sooner one after the other, while those on one thread would hold up the next.
    /// Beside a run that has all threads nothing starts: it would take from it what it gets.
    /// </summary>
    /// <param name="narrow">Time of a run on one thread.</param>
    /// <param name="wide">Time of a run on all threads with nothing beside it.</param>
    public StartChoice Choose(TimeSpan narrow, TimeSpan wide)
    {
        bool few = Lately <= narrow / wide;
        return Running == 0 ? (few && wide <= narrow ? StartChoice.AllThreads : StartChoice.OneThread)
            : Wide || Running >= Places ? StartChoice.Later
            : few && Remaining < narrow - (wide * Waiting) ? StartChoice.Later
            : StartChoice.OneThread;
    }
}
