using Microsoft.Extensions.ObjectPool;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Batching;

/// <summary>
/// Gives requests their turn. While an instance is idle a request runs at once, on the thread that brought it. Otherwise it waits, and the
/// instance that becomes free takes as many of the waiting as make a good batch.
/// </summary>
internal sealed class RunScheduler
{
    private readonly InstancePool _instances;
    private readonly ModelRunner _runner;
    private readonly IReadOnlyList<TensorSpec> _inputs;
    private readonly BatchingPlan _plan;
    private readonly ObjectPool<PendingRun> _pending;
    private readonly ObjectPool<BatchWorker> _workers;

    public RunScheduler(
        InstancePool instances, ModelRunner runner, BatchRunner batches, IReadOnlyList<TensorSpec> inputs, BatchingPlan plan, TimeProvider time)
    {
        (_instances, _runner, _inputs, _plan, Batches, Time) = (instances, runner, inputs, plan, batches, time);
        Collector = new BatchCollector(plan, time);
        _pending = new DefaultObjectPoolProvider { MaximumRetained = 1024 }.Create(new PendingPolicy(this));
        _workers = new DefaultObjectPoolProvider { MaximumRetained = 64 }.Create(new WorkerPolicy(this));
        if (instances.Chooser is { } chooser)
        {
            chooser.Overdue = StartWorker;
        }
    }

    /// <summary>Requests that wait for their turn.</summary>
    public int Waiting => Collector.Count;

    public BatchCollector Collector { get; }

    public BatchRunner Batches { get; }

    public TimeProvider Time { get; }

    /// <summary>Computes a checked request.</summary>
    /// <exception cref="OverloadedException">As many requests wait as may.</exception>
    /// <exception cref="ProtocolException">The model cannot compute it, or it waited longer than it said it would.</exception>
    public ValueTask<InferResult> RunAsync(InferRequest request, OutputSelection selection, Cancellation cancellation)
    {
        long arrived = Time.GetTimestamp();
        int rows = RequestRows.Count(request, _inputs);
        if (_plan.MaxQueueDelay > TimeSpan.Zero || Collector.Count > 0 || !_instances.TryTake(waiting: 1, out Instance instance))
        {
            return WaitAsync(request, selection, rows, arrived, cancellation.Token);
        }

        try
        {
            return new ValueTask<InferResult>(_runner.RunOne(instance.Slot, request, selection, rows, arrived, cancellation));
        }
        finally
        {
            _instances.Return(instance);
            StartWorker();
        }
    }

    /// <summary>Brings an idle instance and waiting requests together, if there are both.</summary>
    public void StartWorker()
    {
        if (TryTakeForWaiting(out Instance instance))
        {
            BatchWorker worker = _workers.Get();
            worker.Instance = instance;
            ThreadPool.UnsafeQueueUserWorkItem(worker, preferLocal: false);
        }
    }

    /// <summary>A worker has ended a run; false when it has no instance for another one.</summary>
    public bool TryGoOn(BatchWorker worker)
    {
        if (_instances.Chooser is null)
        {
            return true;
        }

        _instances.Return(worker.Instance);
        bool taken = TryTakeForWaiting(out Instance instance);
        worker.Instance = instance;
        return taken;
    }

    /// <summary>A worker has found nothing more to do.</summary>
    public void Ended(BatchWorker worker)
    {
        if (worker.Instance != default)
        {
            _instances.Return(worker.Instance);
            worker.Instance = default;
        }

        _workers.Return(worker);
        if (!Collector.Collecting)
        {
            // Somebody may have come who still saw the instance busy.
            StartWorker();
        }
    }

    private bool TryTakeForWaiting(out Instance instance)
    {
        instance = default;
        int waiting = Collector.Count;
        return waiting > 0 && _instances.TryTake(waiting, out instance);
    }

    private ValueTask<InferResult> WaitAsync(
        InferRequest request, OutputSelection selection, int rows, long arrived, CancellationToken cancellationToken)
    {
        PendingRun run = _pending.Get();
        run.Start(request, selection, rows, _plan.Level(request.Parameters.Priority), arrived, cancellationToken);
        if (!Collector.TryAdd(run, out bool wanted))
        {
            _pending.Return(run);
            throw new OverloadedException($"{_plan.MaxQueueSize} requests wait for the model already, the limit");
        }

        if (cancellationToken.CanBeCanceled)
        {
            run.Registration = cancellationToken.UnsafeRegister(static run => ((PendingRun)run!).GiveUp(), run);
        }

        if (request.Parameters.Timeout is { } timeout)
        {
            Expiry expiry = new(run, run.Version, timeout);
            run.Timer = Time.CreateTimer(static e => ((Expiry)e!).Expire(), expiry, timeout, Timeout.InfiniteTimeSpan);
        }

        if (wanted)
        {
            StartWorker();
        }

        return run.Task;
    }

    // A timer may fire when its request has its result and stands for another one.
    private sealed class Expiry(PendingRun run, short version, TimeSpan timeout)
    {
        public void Expire() => run.Expire(version, timeout);
    }

    private sealed class PendingPolicy(RunScheduler scheduler) : PooledObjectPolicy<PendingRun>
    {
        public override PendingRun Create() => new(scheduler.Collector, scheduler._pending);

        public override bool Return(PendingRun obj) => true;
    }

    private sealed class WorkerPolicy(RunScheduler scheduler) : PooledObjectPolicy<BatchWorker>
    {
        public override BatchWorker Create() => new(scheduler);

        public override bool Return(BatchWorker obj) => true;
    }
}
