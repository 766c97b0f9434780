using System.Buffers;
using System.Buffers.Text;
using System.Text;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Rest;

/// <summary>
/// A result as the body of a response: JSON, and after it the data of the outputs that are binary.
/// </summary>
internal sealed class InferResponse : IDisposable
{
    private const int MaxStackText = 1024;
    private const int FirstRoom = 4096;

    private readonly PooledBuffer _json = new(FirstRoom);
    private readonly List<IBinaryPart> _binary = [];

    /// <summary>The JSON.</summary>
    public PooledBuffer Json => _json;

    /// <summary>The data after it.</summary>
    public IReadOnlyList<IBinaryPart> Binary => _binary;

    /// <summary>Bytes of the data after the JSON.</summary>
    public long BinaryLength { get; private set; }

    /// <summary>Whether any output is binary, be it empty.</summary>
    public bool IsBinary => _binary.Count > 0;

    /// <summary>Writes a result; it must outlive the response.</summary>
    public static InferResponse Of(ServedModel model, InferRequest request, InferResult result)
    {
        InferResponse response = new();
        try
        {
            response.Write(model, request, result);
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
        _json.Dispose();
        foreach (IBinaryPart part in _binary)
        {
            (part as IDisposable)?.Dispose();
        }

        _binary.Clear();
    }

    private void Write(ServedModel model, InferRequest request, InferResult result)
    {
        _json.Write("{\"model_name\":"u8);
        WriteText(model.Name);
        _json.Write(",\"model_version\":"u8);
        WriteText(model.Version);
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
            WriteOutput(result.Outputs[i], binary, asked?.Classification ?? 0, model.Labels);
        }

        _json.Write("]}"u8);
    }

    private void WriteOutput(ResultTensor output, bool binary, int classes, IReadOnlyList<string> labels)
    {
        if (classes == 0)
        {
            WriteTensor(output.Name, output.DataType, output.Shape, output.Data, binary ? new TensorPart(output) : null);
            return;
        }

        long[] shape = Classification.Shape(output.Name, output.DataType, output.Shape, classes);
        ClassesPart part = new();
        try
        {
            Classification.Write(output.DataType, output.Data, shape.Length == 1 ? 1 : shape[0], classes, labels, part.Buffer);
            WriteTensor(output.Name, TensorDataType.Bytes, shape, part.Data, binary ? part : null);
        }
        finally
        {
            if (!binary)
            {
                part.Dispose();
            }
        }
    }

    private void WriteTensor(string name, TensorDataType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> data, IBinaryPart? binary)
    {
        _json.Write("{\"name\":"u8);
        WriteText(name);
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
