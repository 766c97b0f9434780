using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Models;

/// <summary>A loaded model, ready to compute.</summary>
internal sealed class OnnxModel(
    ModelSignature signature, PredictionReader? predictions, BatchingPlan batching, IReadOnlyList<ProviderShare> providers,
    InstancePool instances,
    OutputSelections selections, ModelHealth health, RunScheduler scheduler)
    : IDisposable
{
    public IReadOnlyList<TensorSpec> Inputs => signature.Inputs;

    public IReadOnlyList<TensorSpec> Outputs => signature.Outputs;

    /// <summary>Reads what feedback is held against from an output; null when there is nothing of the kind.</summary>
    public PredictionReader? Predictions => predictions;

    /// <summary>How requests are computed together.</summary>
    public BatchingPlan Batching => batching;

    /// <summary>Who computes how much of the graph.</summary>
    public IReadOnlyList<ProviderShare> Providers => providers;

    /// <summary>What runs it.</summary>
    public InstancePool Instances => instances;

    /// <summary>Gives requests their turn.</summary>
    public RunScheduler Scheduler => scheduler;

    /// <summary>Inputs made up for the warm-up that the model computes; none when it computed none of them.</summary>
    public IReadOnlyList<InferTensor> Sample => health.Sample;

    /// <summary>False once it failed on what it had computed before: only a restart helps.</summary>
    public bool Healthy => health.Healthy;

    /// <summary>Computes a checked request when its turn has come.</summary>
    /// <exception cref="ProtocolException">The model cannot compute it.</exception>
    /// <exception cref="OverloadedException">As many requests wait as may.</exception>
    public ValueTask<InferResult> RunAsync(InferRequest request, CancellationToken cancellationToken) =>
        scheduler.RunAsync(request, selections.For(request.Outputs), cancellationToken);

    public void Dispose() => instances.Dispose();
}
