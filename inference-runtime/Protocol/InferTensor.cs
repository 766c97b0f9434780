namespace ModelOperator.Protocol;

/// <summary>A tensor of a request: its elements one after the other in row-major order. Its data is void once it is disposed.</summary>
public sealed class InferTensor : IDisposable
{
    private readonly PooledBuffer _buffer = new(0);
    private Memory<byte> _data;

    public string Name { get; private set; } = "";

    public TensorDataType DataType { get; private set; }

    public long[] Shape { get; private set; } = [];

    /// <summary>The product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; private set; }

    /// <summary>
    /// The elements, little-endian; of <see cref="TensorDataType.Bytes"/> each one as its length in four bytes and then its bytes.
    /// </summary>
    public Memory<byte> Data => _data;

    /// <summary>Length of the data that follows the JSON; null when the data is in the JSON.</summary>
    internal int? BinarySize { get; private set; }

    /// <summary>Memory of its own for data that does not lie elsewhere; to be bound when it is written.</summary>
    internal PooledBuffer Buffer => _buffer;

    /// <summary>A tensor of zeros, or of empty strings.</summary>
    public static InferTensor Zero(string name, TensorDataType dataType, long[] shape)
    {
        long count = shape.Aggregate(1L, (product, dimension) => checked(product * dimension));
        // An empty string is its length, zero, in four bytes.
        int bytes = checked((int)(count * (dataType == TensorDataType.Bytes ? sizeof(int) : dataType.Size())));
        InferTensor tensor = new();
        tensor._buffer.GetSpan(bytes)[..bytes].Clear();
        tensor._buffer.Advance(bytes);
        tensor.Describe(name, dataType, shape, count);
        tensor.BindBuffer();
        return tensor;
    }

    public void Dispose()
    {
        _data = default;
        _buffer.Dispose();
    }

    /// <summary>Says what it is of; its data is yet to come.</summary>
    internal void Describe(string name, TensorDataType dataType, long[] shape, long elementCount, int? binarySize = null) =>
        (Name, DataType, Shape, ElementCount, BinarySize) = (name, dataType, shape, elementCount, binarySize);

    /// <summary>Its data is what was written to its buffer.</summary>
    internal void BindBuffer() => _data = _buffer.Memory;

    /// <summary>Its data lies elsewhere, where it lives as long as the tensor.</summary>
    internal void Bind(Memory<byte> data) => _data = data;
}
