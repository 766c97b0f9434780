using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Execution;

/// <summary>What a model computed for a request. The outputs live until it is disposed.</summary>
internal sealed class InferResult(OutputSet outputs, ResultTensor[] computed, int asked, InferTimings timings) : IDisposable
{
    private OutputSet? _held = outputs;
    private UseCount? _uses;

    /// <summary>The outputs asked for, in that order.</summary>
    public ReadOnlySpan<ResultTensor> Outputs => computed.AsSpan(0, asked);

    /// <summary>Those and what the server itself wanted besides.</summary>
    public ReadOnlySpan<ResultTensor> Computed => computed;

    public InferTimings Timings => timings;

    /// <summary>How many predictions there are that can be right or wrong.</summary>
    public int Predictions { get; set; } = 1;

    /// <summary>Counts as a use of the model until this is disposed.</summary>
    public void Uses(UseCount model) => _uses = model;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
        {
            held.Release();
            _uses?.Leave();
        }
    }
}
