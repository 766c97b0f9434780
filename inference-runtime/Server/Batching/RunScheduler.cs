using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Batching;

/// <summary>
/// Gives requests their turn. While an instance is idle a request runs at once, on the thread that brought it. Otherwise it waits, and the
/// instance that becomes free takes as many of the waiting as make a good batch.
/// </summary>
internal sealed class RunScheduler(
    InstancePool instances, ModelRunner runner, BatchRunner batches, IReadOnlyList<TensorSpec> inputs, BatchingPlan plan, TimeProvider time)
{
    private readonly BatchCollector _collector = new(plan, time);

    /// <summary>Requests that wait for their turn.</summary>
    public int Waiting => _collector.Count;

    /// <summary>Computes a checked request.</summary>
    /// <exception cref="OverloadedException">As many requests wait as may.</exception>
    /// <exception cref="ProtocolException">The model cannot compute it, or it waited longer than it said it would.</exception>
    public async ValueTask<InferResult> RunAsync(InferRequest request, OutputSelection selection, CancellationToken cancellationToken)
    {
        long arrived = time.GetTimestamp();
        int rows = RequestRows.Count(request, inputs);
        if (plan.MaxQueueDelay > TimeSpan.Zero || _collector.Count > 0 || !instances.TryTake(out RunSlot? slot))
        {
            return await WaitAsync(new PendingRun(
                request, selection, rows, BatchingPlan.Level(request.Parameters.Priority), arrived, cancellationToken));
        }

        try
        {
            return runner.RunOne(slot, request, selection, rows, arrived, cancellationToken);
        }
        finally
        {
            instances.Return(slot);
            StartWorker();
        }
    }

    /// <summary>Brings an idle instance and waiting requests together, if there are both.</summary>
    public void StartWorker()
    {
        if (_collector.Count > 0 && instances.TryTake(out RunSlot? slot))
        {
            ThreadPool.UnsafeQueueUserWorkItem(new BatchWorker(this, _collector, batches, slot, time), preferLocal: false);
        }
    }

    /// <summary>A worker has found nothing more to do.</summary>
    public void Ended(RunSlot slot)
    {
        instances.Return(slot);
        if (!_collector.Collecting)
        {
            // Somebody may have come who still saw the instance busy.
            StartWorker();
        }
    }

    private async Task<InferResult> WaitAsync(PendingRun run)
    {
        if (!_collector.TryAdd(run, out bool wanted))
        {
            throw new OverloadedException($"{plan.MaxQueueSize} requests wait for the model already, the limit");
        }

        using CancellationTokenRegistration registration = run.Cancellation.UnsafeRegister(
            _ => GiveUp(run, new OperationCanceledException(run.Cancellation)), null);
        TimeSpan timeout = run.Request.Parameters.Timeout ?? Timeout.InfiniteTimeSpan;
        using ITimer? timer = timeout == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(_ => GiveUp(run, Late(timeout)), null, timeout, Timeout.InfiniteTimeSpan);
        if (wanted)
        {
            StartWorker();
        }

        return await run.Task;
    }

    /// <summary>Takes a request out that is not to be computed any more, unless it is being computed already.</summary>
    private void GiveUp(PendingRun run, Exception why)
    {
        if (_collector.TryRemove(run))
        {
            run.Fail(why);
        }
    }

    private static ProtocolException Late(TimeSpan timeout) =>
        new(504, $"the request waited for {timeout.TotalMilliseconds} ms, its timeout, without being computed");
}
