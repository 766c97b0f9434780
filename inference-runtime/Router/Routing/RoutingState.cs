namespace ModelOperator.Router.Routing;

/// <summary>Holds the snapshot in force and wakes whoever waits for the next.</summary>
internal sealed class RoutingState
{
    private readonly Lock _updateLock = new();
    private volatile RoutingSnapshot _current = RoutingSnapshot.Empty;
    private volatile TaskCompletionSource _changed = NewSignal();

    public RoutingSnapshot Current => _current;

    /// <summary>Completes when a snapshot later than those seen so far is in force. Take it before reading <see cref="Current"/>.</summary>
    public Task Changed => _changed.Task;

    /// <summary>
    /// Puts tables and pods in force. A model for which that fails stays as it was, and the others go on; <paramref name="failed"/> hears
    /// of it.
    /// </summary>
    public RoutingSnapshot Update(IEnumerable<ModelTable> tables, IEnumerable<PodState> pods, Action<string, Exception>? failed = null)
    {
        lock (_updateLock)
        {
            RoutingSnapshot snapshot = SnapshotBuilder.Build(_current, tables, pods, failed);
            _current = snapshot;
            TaskCompletionSource waiting = _changed;
            _changed = NewSignal();
            waiting.SetResult();
            return snapshot;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
