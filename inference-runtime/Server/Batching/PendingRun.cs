using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Batching;

/// <summary>A request that waits for its turn, and whoever awaits its result. It is used again for another request once the result is fetched.</summary>
internal sealed class PendingRun(BatchCollector collector, ObjectPool<PendingRun> pool) : IValueTaskSource<InferResult>
{
    // Answers are written by other threads than the one that computes.
    private ManualResetValueTaskSourceCore<InferResult> _source = new() { RunContinuationsAsynchronously = true };

    public InferRequest Request { get; private set; } = null!;

    public OutputSelection Selection { get; private set; } = null!;

    /// <summary>Rows it brings to a batch.</summary>
    public int Rows { get; private set; }

    /// <summary>Lower ones go first.</summary>
    public ulong Priority { get; private set; }

    /// <summary>When it came.</summary>
    public long Arrived { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>Gives it up when its time is over or its client gone, as long as it waits.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    /// <inheritdoc cref="Registration"/>
    public ITimer? Timer { get; set; }

    public PendingRun? Next { get; set; }

    public PendingRun? Previous { get; set; }

    /// <summary>Whether it is in the queue.</summary>
    public bool Queued { get; set; }

    /// <summary>Changes whenever it stands for another request.</summary>
    public short Version => _source.Version;

    /// <summary>The result to be.</summary>
    public ValueTask<InferResult> Task => new(this, _source.Version);

    public void Start(InferRequest request, OutputSelection selection, int rows, ulong priority, long arrived, CancellationToken cancellation) =>
        (Request, Selection, Rows, Priority, Arrived, Cancellation) = (request, selection, rows, priority, arrived, cancellation);

    /// <summary>Its client is gone, or its time in this server is over.</summary>
    public void GiveUp()
    {
        if (collector.TryRemove(this))
        {
            Fail(new OperationCanceledException(Cancellation));
        }
    }

    /// <summary>It has waited for as long as it said it would.</summary>
    public void Expire(short version, TimeSpan timeout)
    {
        if (collector.TryRemove(this, version))
        {
            Fail(new ProtocolException(504, $"the request waited for {timeout.TotalMilliseconds} ms, its timeout, without being computed"));
        }
    }

    public void Succeed(InferResult result) => _source.SetResult(result);

    public void Fail(Exception exception) => _source.SetException(exception);

    public InferResult GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Registration.Dispose();
            Timer?.Dispose();
            (Registration, Timer, Cancellation) = (default, null, default);
            (Request, Selection) = (null!, null!);
            _source.Reset();
            pool.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
