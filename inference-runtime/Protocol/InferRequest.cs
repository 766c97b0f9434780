namespace ModelOperator.Protocol;

/// <summary>A request to <c>POST v2/models/{name}/infer</c>. Its tensors live in rented memory until it is disposed.</summary>
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

/// <summary>A tensor of a request: its elements one after the other in row-major order.</summary>
public sealed class InferTensor : IDisposable
{
    private IDisposable? _owner;
    private Memory<byte> _data;

    internal InferTensor(string name, TensorDataType dataType, long[] shape, long elementCount, PooledBuffer data)
        : this(name, dataType, shape, elementCount, data.Memory, data)
    {
    }

    /// <remarks>The owner of the data ends with the tensor; it is null where the data is a view of the request's body.</remarks>
    internal InferTensor(string name, TensorDataType dataType, long[] shape, long elementCount, Memory<byte> data, IDisposable? owner)
    {
        Name = name;
        DataType = dataType;
        Shape = shape;
        ElementCount = elementCount;
        _data = data;
        _owner = owner;
    }

    /// <summary>A tensor whose data is yet to come.</summary>
    internal InferTensor(string name, TensorDataType dataType, long[] shape, long elementCount, int binarySize)
        : this(name, dataType, shape, elementCount, Memory<byte>.Empty, null) => BinarySize = binarySize;

    public string Name { get; }

    public TensorDataType DataType { get; }

    public long[] Shape { get; }

    /// <summary>The product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>
    /// The elements, little-endian; of <see cref="TensorDataType.Bytes"/> each one as its length in four bytes and then its bytes.
    /// </summary>
    public Memory<byte> Data => _data;

    /// <summary>Length of the data that follows the JSON; null when the data is in the JSON.</summary>
    internal int? BinarySize { get; }

    /// <summary>A tensor of zeros, or of empty strings.</summary>
    public static InferTensor Zero(string name, TensorDataType dataType, long[] shape)
    {
        long count = shape.Aggregate(1L, (product, dimension) => checked(product * dimension));
        // An empty string is its length, zero, in four bytes.
        int bytes = checked((int)(count * (dataType == TensorDataType.Bytes ? sizeof(int) : dataType.Size())));
        PooledBuffer data = new(bytes);
        data.GetSpan(bytes)[..bytes].Clear();
        data.Advance(bytes);
        return new InferTensor(name, dataType, shape, count, data);
    }

    public void Dispose()
    {
        _data = default;
        _owner?.Dispose();
    }

    internal void Bind(Memory<byte> data, IDisposable? owner)
    {
        _data = data;
        _owner = owner;
    }
}
