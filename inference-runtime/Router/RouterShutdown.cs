namespace ModelOperator.Router;

/// <summary>
/// How a router ends so that no request and no evidence is lost: it is not ready any more, serves on while the Service still
/// leads to it, answers what is under way, and lingers until the operator's cursor has passed the last tick. The whole is
/// bounded, and nobody is waited for who has not been reading.
/// </summary>
internal static class RouterShutdown
{
    /// <summary>A model whose ticks nobody asked for this long has no reader to wait for.</summary>
    private static readonly TimeSpan ReaderWindow = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(RouterHost host, RouterOptions options, TimeProvider timeProvider, ILogger log)
    {
        using var deadline = new CancellationTokenSource(options.TerminationTime, timeProvider);
        host.Readiness.Terminating = true;
        LogMessages.Draining(log, options.DrainTime.TotalSeconds);
        await Task.Delay(options.DrainTime, timeProvider, CancellationToken.None);
        await host.StopTrafficAsync(deadline.Token);

        host.Evidence.CloseTick();
        bool unread = Unread(host);
        if (unread) LogMessages.Lingering(log);
        while (unread && !deadline.IsCancellationRequested)
        {
            await Task.Delay(Pause, timeProvider, CancellationToken.None);
            unread = Unread(host);
        }

        LogMessages.Stopped(log, unread ? "was not all read in time" : "is all read");
    }

    private static bool Unread(RouterHost host) =>
        host.Evidence.HasUnacknowledgedTicks(host.State.Current.Models.ContainsKey, ReaderWindow);
}
