namespace ModelOperator.Router;

/// <summary>
/// How a router ends so that no request and no evidence is lost: it serves on while the Service still leads to it, and for as long as
/// requests come and no other router is ready to take them; then it answers what is under way, and lingers until the operator's cursor has
/// passed the last tick. The whole is bounded, and nobody is waited for who has not been reading.
/// </summary>
internal static class RouterShutdown
{
    /// <summary>A model whose ticks nobody asked for this long has no reader to wait for.</summary>
    private static readonly TimeSpan ReaderWindow = TimeSpan.FromSeconds(60);

    // The rest of the time is for requests under way and for evidence.
    private const double LongestService = 0.7;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(RouterHost host, RouterOptions options, TimeProvider timeProvider, ILogger log)
    {
        using var deadline = new CancellationTokenSource(options.TerminationTime, timeProvider);
        host.Readiness.Terminating = true;
        LogMessages.Draining(log, options.DrainTime.TotalSeconds);
        long began = timeProvider.GetTimestamp();
        await Task.Delay(options.DrainTime, timeProvider, CancellationToken.None);
        if (IsNeeded(host, options, timeProvider))
        {
            LogMessages.ServingOn(log);
        }

        while (IsNeeded(host, options, timeProvider) && timeProvider.GetElapsedTime(began) < options.TerminationTime * LongestService)
        {
            await Task.Delay(Pause, timeProvider, CancellationToken.None);
        }

        host.Readiness.Stopped = true;
        await host.StopTrafficAsync(deadline.Token);

        host.Evidence.CloseTick();
        bool unread = Unread(host);
        if (unread)
        {
            LogMessages.Lingering(log);
        }

        while (unread && !deadline.IsCancellationRequested)
        {
            await Task.Delay(Pause, timeProvider, CancellationToken.None);
            unread = Unread(host);
        }

        LogMessages.Stopped(log, unread ? "was not all read in time" : "is all read");
    }

    // Whoever deletes the routers deletes them all: requests come to them until others are there.
    private static bool IsNeeded(RouterHost host, RouterOptions options, TimeProvider timeProvider) =>
        host.Readiness.IsLast && host.Readiness.Quiet(timeProvider) < options.DrainTime;

    private static bool Unread(RouterHost host) =>
        host.Evidence.HasUnacknowledgedTicks(host.State.Current.Models.ContainsKey, ReaderWindow);
}
