using ModelOperator.Protocol;

namespace ModelOperator.Server.Models;

/// <summary>An output as the model computed it; void once its result is disposed.</summary>
internal sealed unsafe class ResultTensor(TensorSpec spec)
{
    private nint _data;
    private int _length;
    private ReadOnlyMemory<byte> _text;

    public string Name => spec.Name;

    public TensorDataType DataType => spec.DataType;

    public long[] Shape { get; private set; } = [];

    /// <summary>The product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; private set; }

    /// <summary>The elements as in <see cref="InferTensor.Data"/>.</summary>
    public ReadOnlySpan<byte> Data => DataType == TensorDataType.Bytes ? _text.Span : new ReadOnlySpan<byte>((void*)_data, _length);

    /// <summary>Makes it stand for elements in native memory.</summary>
    public void Set(ReadOnlySpan<long> shape, long count, nint data, int length)
    {
        SetShape(shape, count);
        (_data, _length) = (data, length);
    }

    /// <inheritdoc cref="Set"/>
    public void SetText(ReadOnlySpan<long> shape, long count, ReadOnlyMemory<byte> text)
    {
        SetShape(shape, count);
        _text = text;
    }

    /// <summary>Makes it stand for nothing.</summary>
    public void Clear()
    {
        (_data, _length, _text) = (0, 0, default);
    }

    private void SetShape(ReadOnlySpan<long> shape, long count)
    {
        Shape = Shape.Length == shape.Length ? Shape : new long[shape.Length];
        shape.CopyTo(Shape);
        ElementCount = count;
    }
}
