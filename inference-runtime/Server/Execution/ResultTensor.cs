using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>An output as the model computed it; void once its result is disposed.</summary>
internal sealed unsafe class ResultTensor
{
    private readonly TensorSpec _spec;
    private readonly nint _data;
    private readonly int _length;
    private readonly ReadOnlyMemory<byte> _text;

    /// <summary>Elements in native memory.</summary>
    public ResultTensor(TensorSpec spec, long[] shape, nint data, int length) =>
        (_spec, Shape, _data, _length) = (spec, shape, data, length);

    /// <summary>Strings, each with its length before it.</summary>
    public ResultTensor(TensorSpec spec, long[] shape, ReadOnlyMemory<byte> text) => (_spec, Shape, _text) = (spec, shape, text);

    public string Name => _spec.Name;

    public TensorDataType DataType => _spec.DataType;

    public long[] Shape { get; }

    /// <summary>The product of <see cref="Shape"/>.</summary>
    public long ElementCount => Shapes.Count(Shape);

    /// <summary>The elements as in <see cref="InferTensor.Data"/>.</summary>
    public ReadOnlySpan<byte> Data => DataType == TensorDataType.Bytes ? _text.Span : new ReadOnlySpan<byte>((void*)_data, _length);
}
