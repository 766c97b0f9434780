namespace ModelOperator.Server.Statistics;

/// <summary>What one version of a model has done so far. Counting takes no lock and no memory.</summary>
internal sealed class ModelStatistics(TimeProvider time)
{
    private readonly long[] _counters = new long[(int)Counter.FailedBy + FailureKinds.Count];
    private readonly BatchStatistics _batches = new();
    private long _lastInference;

    private enum Counter
    {
        Pending,
        Succeeded,
        SucceededTicks,
        FailedTicks,
        QueueTicks,
        InputTicks,
        InferTicks,
        OutputTicks,
        Rows,
        Executions,

        /// <summary>The first of as many as there are kinds of failures.</summary>
        FailedBy,
    }

    /// <summary>Whether runs are not counted: those of the warm-up are no client's doing.</summary>
    public bool Paused { get; set; }

    /// <summary>Requests in work, waiting ones included.</summary>
    public long Pending => Sum(Counter.Pending);

    /// <summary>Rows of the requests that were answered.</summary>
    public long InferenceCount => Sum(Counter.Rows);

    /// <summary>Runs of the model.</summary>
    public long ExecutionCount => Sum(Counter.Executions);

    /// <summary>Requests answered, from their arrival to their results.</summary>
    public DurationTotal Success => Answered(Counter.SucceededTicks);

    /// <summary>What answered requests waited for a turn.</summary>
    public DurationTotal Queue => Answered(Counter.QueueTicks);

    public DurationTotal ComputeInput => Answered(Counter.InputTicks);

    public DurationTotal ComputeInfer => Answered(Counter.InferTicks);

    public DurationTotal ComputeOutput => Answered(Counter.OutputTicks);

    /// <summary>A request for the model; <see cref="Succeeded"/> or <see cref="Failed"/> follows.</summary>
    public void Arrived() => Add(Counter.Pending, 1);

    /// <summary>A request got its results.</summary>
    /// <param name="rows">Rows of the request.</param>
    /// <param name="timings">How long its parts took.</param>
    /// <param name="total">Since it arrived.</param>
    public void Succeeded(int rows, in InferTimings timings, TimeSpan total)
    {
        Add(Counter.Pending, -1);
        Add(Counter.Succeeded, 1);
        Add(Counter.SucceededTicks, total.Ticks);
        Add(Counter.QueueTicks, timings.Queue.Ticks);
        Add(Counter.InputTicks, timings.Input.Ticks);
        Add(Counter.InferTicks, timings.Infer.Ticks);
        Add(Counter.OutputTicks, timings.Output.Ticks);
        Add(Counter.Rows, rows);
        Volatile.Write(ref _lastInference, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>A request got no results.</summary>
    public void Failed(FailureKind kind, TimeSpan total)
    {
        Add(Counter.Pending, -1);
        Add(Counter.FailedBy + (int)kind, 1);
        Add(Counter.FailedTicks, total.Ticks);
    }

    /// <summary>The model ran once, for one request or for several in a batch.</summary>
    public void Executed(int rows, TimeSpan input, TimeSpan infer, TimeSpan output)
    {
        if (Paused)
        {
            return;
        }

        Add(Counter.Executions, 1);
        _batches.Executed(rows, input, infer, output);
    }

    /// <summary>Requests that failed for one kind of reason.</summary>
    public long FailuresOf(FailureKind kind) => Sum(Counter.FailedBy + (int)kind);

    /// <summary>All of it; each number is exact by itself, but requests go on while they are read.</summary>
    public StatisticsSnapshot Read()
    {
        long failed = 0;
        for (int kind = 0; kind < FailureKinds.Count; kind++)
        {
            failed += FailuresOf((FailureKind)kind);
        }

        return new StatisticsSnapshot
        {
            LastInferenceMilliseconds = Volatile.Read(ref _lastInference),
            InferenceCount = InferenceCount,
            ExecutionCount = ExecutionCount,
            Success = Success,
            Fail = DurationTotal.Of(failed, Sum(Counter.FailedTicks)),
            Queue = Queue,
            ComputeInput = ComputeInput,
            ComputeInfer = ComputeInfer,
            ComputeOutput = ComputeOutput,
            Batches = _batches.Read(),
        };
    }

    private void Add(Counter counter, long amount) => Interlocked.Add(ref _counters[(int)counter], amount);

    private DurationTotal Answered(Counter ticks) => DurationTotal.Of(Sum(Counter.Succeeded), Sum(ticks));

    private long Sum(Counter counter) => Volatile.Read(ref _counters[(int)counter]);
}
