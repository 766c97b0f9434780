namespace ModelOperator.Router.Routing;

/// <summary>Holds the snapshot in force and wakes whoever waits for the next.</summary>
internal sealed class RoutingState
{
    private readonly Lock updateLock = new();
    private volatile RoutingSnapshot current = RoutingSnapshot.Empty;
    private volatile TaskCompletionSource changed = NewSignal();

    public RoutingSnapshot Current => current;

    /// <summary>Completes when a snapshot later than those seen so far is in force. Take it before reading <see cref="Current"/>.</summary>
    public Task Changed => changed.Task;

    /// <summary>Puts tables and pods in force.</summary>
    public RoutingSnapshot Update(IEnumerable<ModelTable> tables, IEnumerable<PodState> pods)
    {
        lock (updateLock)
        {
            RoutingSnapshot snapshot = SnapshotBuilder.Build(current, tables, pods);
            current = snapshot;
            TaskCompletionSource waiting = changed;
            changed = NewSignal();
            waiting.SetResult();
            return snapshot;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
