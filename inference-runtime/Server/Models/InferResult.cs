namespace ModelOperator.Server.Models;

/// <summary>What a model computed for a request. The outputs live until it is disposed.</summary>
internal sealed class InferResult(ResultTensor[] computed, int asked, InferTimings timings) : IDisposable
{
    /// <summary>The outputs asked for, in that order.</summary>
    public ReadOnlySpan<ResultTensor> Outputs => computed.AsSpan(0, asked);

    /// <summary>Those and what the server itself wanted besides.</summary>
    public ReadOnlySpan<ResultTensor> Computed => computed;

    public InferTimings Timings => timings;

    public void Dispose()
    {
        foreach (ResultTensor output in computed)
        {
            output.Dispose();
        }
    }
}
