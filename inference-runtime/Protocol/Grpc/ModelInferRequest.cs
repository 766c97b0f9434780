namespace ModelOperator.Protocol.Grpc;

/// <summary>A request to <c>ModelInfer</c>.</summary>
public sealed class ModelInferRequest : IDisposable
{
    internal ModelInferRequest(string modelName, string modelVersion, InferRequest infer, bool typedOutputs)
    {
        ModelName = modelName;
        ModelVersion = modelVersion;
        Infer = infer;
        TypedOutputs = typedOutputs;
    }

    public string ModelName { get; }

    /// <summary>The version asked for; empty leaves the choice to the server.</summary>
    public string ModelVersion { get; }

    /// <summary>What to infer from. Its tensors are views of the message where they can be.</summary>
    public InferRequest Infer { get; }

    /// <summary>Whether outputs shall come in typed fields, which people can read, rather than as raw bytes.</summary>
    public bool TypedOutputs { get; }

    public void Dispose() => Infer.Dispose();
}
