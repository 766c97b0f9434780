namespace ModelOperator.Protocol;

/// <summary>
/// A request to <c>POST v2/models/{name}/infer</c>. Its tensors live in rented memory until it is disposed; all of it is void then, for it is
/// used for another request.
/// </summary>
public sealed class InferRequest : IDisposable
{
    /// <summary>One with a longer list is not kept: such requests are rare, and the list takes memory.</summary>
    private const int MostInputsKept = 64;

    private IDisposable? _body;
    private bool _disposed;

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
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (InferTensor input in Inputs)
        {
            input.Dispose();
        }

        Inputs.Clear();
        _body?.Dispose();
        (_body, Id, Outputs) = (null, null, null);
        Parameters.Clear();
        if (Inputs.Capacity <= MostInputsKept)
        {
            Spares.Keep(this);
        }
    }

    /// <summary>A request for nothing.</summary>
    internal static InferRequest Take()
    {
        InferRequest request = Spares.Take<InferRequest>();
        request._disposed = false;
        return request;
    }

    /// <summary>Makes the memory that tensors are views of live as long as the request.</summary>
    internal void Own(IDisposable body) => _body = body;
}
