namespace ModelOperator.Protocol;

/// <summary>
/// A request to <c>POST v2/models/{name}/infer</c>. Its tensors live in rented memory until it is disposed.
/// </summary>
public sealed class InferRequest : IDisposable
{
    private IDisposable? _body;

    /// <summary>The client's name for the request, echoed in the response; null when it gave none.</summary>
    public string? Id { get; internal set; }

    /// <summary>The input tensors, in the client's order.</summary>
    public List<InferTensor> Inputs { get; } = [];

    /// <summary>The outputs asked for; null means all.</summary>
    public List<RequestedOutput>? Outputs { get; internal set; }

    /// <summary>Parameters of the request as a whole.</summary>
    public InferParameters Parameters { get; } = new();

    public void Dispose()
    {
        foreach (InferTensor input in Inputs)
        {
            input.Dispose();
        }

        _body?.Dispose();
        _body = null;
    }

    /// <summary>Makes the memory that tensors are views of live as long as the request.</summary>
    internal void Own(IDisposable body) => _body = body;
}
