namespace ModelOperator.Server.Execution;

/// <summary>How one session of a model is opened.</summary>
/// <param name="Providers">In order of preference.</param>
/// <param name="Device">The GPU, for providers that run on one.</param>
/// <param name="Threads">CPU threads for one run.</param>
/// <param name="Precision">What floating-point numbers it computes with.</param>
/// <param name="Arena">
/// Whether memory for computing is kept in an arena. All runs of a session share its lock, which costs small models more than it gives them
/// (microsoft/onnxruntime#21916); large ones are spared the page faults of ever new memory.
/// </param>
/// <param name="FlushDenormals">Whether numbers too near to zero to be computed with fast are taken for zero.</param>
internal sealed record SessionRecipe(
    IReadOnlyList<ExecutionProvider> Providers, int Device, int Threads, Precision Precision, bool Arena, bool FlushDenormals);

/// <summary>What floating-point numbers a model computes with.</summary>
internal enum Precision
{
    /// <summary>Those of the model itself.</summary>
    Fp32,

    /// <summary>Of 16 bits where the provider can.</summary>
    Fp16,
}
