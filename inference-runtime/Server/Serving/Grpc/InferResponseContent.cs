using System.Buffers;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary><c>inference.ModelInferResponse</c>, written straight from where the model left its outputs.</summary>
internal sealed class InferResponseContent : IMessageContent
{
    private const int ModelNameField = 1;
    private const int ModelVersionField = 2;
    private const int IdField = 3;
    private const int OutputsField = 5;
    private const int RawOutputContentsField = 6;
    private const int OutputNameField = 1;
    private const int OutputDatatypeField = 2;
    private const int OutputShapeField = 3;

    /// <summary>The tag and the length of a raw output.</summary>
    private const int MaxRawHead = 6;

    /// <summary>So much is copied at once: memory for more would be made anew for each answer.</summary>
    private const int Chunk = 64 * 1024;

    private readonly ServedModel _model;
    private readonly string _id;
    private readonly ResponseOutputs _outputs;
    private readonly ReadOnlyMemory<byte> _parameters;
    private readonly int _headSize;

    /// <param name="model">Whose outputs they are.</param>
    /// <param name="id">The client's name for its request.</param>
    /// <param name="outputs">What to send.</param>
    /// <param name="parameters">Encoded fields of parameters.</param>
    public InferResponseContent(ServedModel model, string? id, ResponseOutputs outputs, ReadOnlyMemory<byte> parameters = default)
    {
        _model = model;
        _id = id ?? "";
        _outputs = outputs;
        _parameters = parameters;
        _headSize = ProtoWriter.TextSize(model.Name) + ProtoWriter.TextSize(model.Version) + ProtoWriter.TextSize(_id) + parameters.Length;
        Size = 0;
        for (int i = 0; i < outputs.Count; i++)
        {
            _headSize += ProtoWriter.FieldSize(OutputSize(i));
            int length = outputs.Data(i).Length;
            Size += 1 + ProtoWriter.VarintSize((ulong)length) + length;
        }

        Size += _headSize;
    }

    public long Size { get; }

    public void Write(IBufferWriter<byte> output)
    {
        WriteHead(output);
        for (int i = 0; i < _outputs.Count; i++)
        {
            ReadOnlySpan<byte> data = _outputs.Data(i);
            WriteRawHead(output, data.Length);
            Write(output, data);
        }
    }

    private static void WriteRawHead(IBufferWriter<byte> output, int length)
    {
        ProtoWriter writer = new(output.GetSpan(MaxRawHead));
        writer.FieldHead(RawOutputContentsField, length);
        output.Advance(writer.Length);
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int now = Math.Min(data.Length, Chunk);
            data[..now].CopyTo(output.GetSpan(now));
            output.Advance(now);
            data = data[now..];
        }
    }

    private void WriteHead(IBufferWriter<byte> output)
    {
        ProtoWriter writer = new(output.GetSpan(_headSize));
        writer.Text(ModelNameField, _model.Name);
        writer.Text(ModelVersionField, _model.Version);
        writer.Text(IdField, _id);
        writer.Bytes(_parameters.Span);
        for (int i = 0; i < _outputs.Count; i++)
        {
            writer.FieldHead(OutputsField, OutputSize(i));
            writer.Text(OutputNameField, _outputs.Name(i));
            writer.Text(OutputDatatypeField, _outputs.DataType(i).Name());
            writer.Packed(OutputShapeField, _outputs.Shape(i));
        }

        output.Advance(writer.Length);
    }

    private int OutputSize(int i)
    {
        ReadOnlySpan<long> shape = _outputs.Shape(i);
        return ProtoWriter.TextSize(_outputs.Name(i)) + ProtoWriter.TextSize(_outputs.DataType(i).Name())
            + (shape.IsEmpty ? 0 : ProtoWriter.FieldSize(ProtoWriter.PackedSize(shape)));
    }
}
