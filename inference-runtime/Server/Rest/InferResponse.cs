using System.Buffers;
using System.Buffers.Text;
using System.Text;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Rest;

/// <summary>
/// A result as the body of a response: JSON, and after it the data of the outputs that are binary. Void once it is disposed, for it is then
/// used for another.
/// </summary>
internal sealed class InferResponse : IDisposable
{
    private const int MaxStackText = 1024;
    private const int FirstRoom = 4096;

    private readonly PooledBuffer _json = new(0);
    private readonly List<IBinaryPart> _binary = [];
    private bool _disposed;

    /// <summary>The JSON.</summary>
    public PooledBuffer Json => _json;

    /// <summary>The data after it.</summary>
    public IReadOnlyList<IBinaryPart> Binary => _binary;

    /// <summary>Bytes of the data after the JSON.</summary>
    public long BinaryLength { get; private set; }

    /// <summary>Whether any output is binary, be it empty.</summary>
    public bool IsBinary => _binary.Count > 0;

    /// <summary>Writes a result; it must outlive the response.</summary>
    public static InferResponse Of(RestModel model, InferRequest request, InferResult result, IReadOnlyList<string> labels)
    {
        InferResponse response = Spares.Take<InferResponse>();
        response._disposed = false;
        try
        {
            response.Write(model, request, result, labels);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _json.Dispose();
        foreach (IBinaryPart part in _binary)
        {
            (part as IDisposable)?.Dispose();
        }

        _binary.Clear();
        BinaryLength = 0;
        Spares.Keep(this);
    }

    private void Write(RestModel model, InferRequest request, InferResult result, IReadOnlyList<string> labels)
    {
        _json.GetSpan(FirstRoom);
        _json.Write(model.Head);
        if (request.Id is { } id)
        {
            _json.Write(",\"id\":"u8);
            WriteText(id);
        }

        _json.Write(",\"outputs\":["u8);
        for (int i = 0; i < result.Outputs.Length; i++)
        {
            if (i > 0)
            {
                _json.Write(","u8);
            }

            RequestedOutput? asked = request.Outputs?[i];
            bool binary = asked?.BinaryData ?? request.Parameters.BinaryDataOutput;
            WriteOutput(model, result.Outputs[i], binary, asked?.Classification ?? 0, labels);
        }

        _json.Write("]}"u8);
    }

    private void WriteOutput(RestModel model, ResultTensor output, bool binary, int classes, IReadOnlyList<string> labels)
    {
        if (classes == 0)
        {
            WriteTensor(model, output.Name, output.DataType, output.Shape, output.Data, binary ? new TensorPart(output) : null);
            return;
        }

        long[] shape = Classification.Shape(output.Name, output.DataType, output.Shape, classes);
        ClassesPart part = new();
        try
        {
            Classification.Write(output.DataType, output.Data, shape.Length == 1 ? 1 : shape[0], classes, labels, part.Buffer);
            WriteTensor(model, output.Name, TensorDataType.Bytes, shape, part.Data, binary ? part : null);
        }
        finally
        {
            if (!binary)
            {
                part.Dispose();
            }
        }
    }

    private void WriteTensor(RestModel model, string name, TensorDataType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> data, IBinaryPart? binary)
    {
        _json.Write("{\"name\":"u8);
        _json.Write(model.Output(name));
        _json.Write(",\"datatype\":\""u8);
        _json.Write(type.Utf8Name());
        _json.Write("\",\"shape\":["u8);
        for (int i = 0; i < shape.Length; i++)
        {
            if (i > 0)
            {
                _json.Write(","u8);
            }

            WriteNumber(shape[i]);
        }

        if (binary is null)
        {
            _json.Write("],\"data\":"u8);
            TensorWriter.WriteData(_json, type, data);
            _json.Write("}"u8);
            return;
        }

        _json.Write("],\"parameters\":{\"binary_data_size\":"u8);
        WriteNumber(data.Length);
        _json.Write("}}"u8);
        _binary.Add(binary);
        BinaryLength += data.Length;
    }

    private void WriteNumber(long number)
    {
        Utf8Formatter.TryFormat(number, _json.GetSpan(20), out int written);
        _json.Advance(written);
    }

    private void WriteText(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= MaxStackText ? stackalloc byte[MaxStackText] : new byte[most];
        TensorWriter.WriteText(_json, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    /// <summary>Data of an output.</summary>
    internal interface IBinaryPart
    {
        ReadOnlySpan<byte> Data { get; }
    }

    private sealed class TensorPart(ResultTensor tensor) : IBinaryPart
    {
        public ReadOnlySpan<byte> Data => tensor.Data;
    }

    private sealed class ClassesPart : IBinaryPart, IDisposable
    {
        public PooledBuffer Buffer { get; } = new();

        public ReadOnlySpan<byte> Data => Buffer.Span;

        public void Dispose() => Buffer.Dispose();
    }
}
