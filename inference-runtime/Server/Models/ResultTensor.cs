using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Models;

/// <summary>An output as the model computed it.</summary>
internal sealed class ResultTensor : IDisposable
{
    private readonly OrtValue _value;
    private readonly PooledBuffer? _texts;

    public ResultTensor(string name, OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        Name = name;
        DataType = ElementTypes.ToProtocol(info.ElementDataType)
            ?? throw new InvalidOperationException($"output '{name}' came as {info.ElementDataType}");
        Shape = info.Shape;
        ElementCount = info.ElementCount;
        _value = value;
        _texts = DataType == TensorDataType.Bytes ? Texts(value, info.ElementCount) : null;
    }

    public string Name { get; }

    public TensorDataType DataType { get; }

    public long[] Shape { get; }

    /// <summary>The product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>The elements as in <see cref="InferTensor.Data"/>; void after disposal.</summary>
    public ReadOnlySpan<byte> Data => ElementCount == 0 ? [] : _texts is null ? _value.GetTensorMutableRawData() : _texts.Span;

    public void Dispose()
    {
        _texts?.Dispose();
        _value.Dispose();
    }

    private static PooledBuffer Texts(OrtValue value, long count)
    {
        PooledBuffer buffer = new();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> text = value.GetStringElementAsSpan(i);
            Span<byte> element = buffer.GetSpan(sizeof(int) + text.Length);
            BinaryPrimitives.WriteInt32LittleEndian(element, text.Length);
            text.CopyTo(element[sizeof(int)..]);
            buffer.Advance(sizeof(int) + text.Length);
        }

        return buffer;
    }
}
