using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Batching;

/// <summary>A request that waits for its turn, and whoever awaits its result.</summary>
internal sealed class PendingRun(
    InferRequest request, OutputSelection selection, int rows, ulong priority, long arrived, CancellationToken cancellation)
{
    // Answers are written by other threads than the one that computes.
    private readonly TaskCompletionSource<InferResult> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InferRequest Request => request;

    public OutputSelection Selection => selection;

    /// <summary>Rows it brings to a batch.</summary>
    public int Rows => rows;

    /// <summary>Lower ones go first.</summary>
    public ulong Priority => priority;

    /// <summary>When it came.</summary>
    public long Arrived => arrived;

    public CancellationToken Cancellation => cancellation;

    public PendingRun? Next { get; set; }

    public PendingRun? Previous { get; set; }

    /// <summary>Whether it is in the queue.</summary>
    public bool Queued { get; set; }

    /// <summary>The result to be.</summary>
    public Task<InferResult> Task => _source.Task;

    public void Succeed(InferResult result) => _source.SetResult(result);

    public void Fail(Exception exception) => _source.SetException(exception);
}
