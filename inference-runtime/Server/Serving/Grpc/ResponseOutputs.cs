using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>The outputs of a response: tensors, or their classes where the request asked for those.</summary>
internal sealed class ResponseOutputs : IDisposable
{
    private readonly InferResult _result;
    private readonly Classes?[]? _classes;

    public ResponseOutputs(ServedModel model, InferRequest request, InferResult result)
    {
        _result = result;
        if (request.Outputs is null)
        {
            return;
        }

        for (int i = 0; i < request.Outputs.Count; i++)
        {
            if (request.Outputs[i].Classification is > 0 and var count)
            {
                _classes ??= new Classes?[request.Outputs.Count];
                _classes[i] = Classify(result.Outputs[i], count, model.Labels);
            }
        }
    }

    public int Count => _result.Outputs.Length;

    public string Name(int i) => _result.Outputs[i].Name;

    public TensorDataType DataType(int i) => _classes?[i] is null ? _result.Outputs[i].DataType : TensorDataType.Bytes;

    public ReadOnlySpan<long> Shape(int i) => _classes?[i] is { } classes ? classes.Shape : _result.Outputs[i].Shape;

    public ReadOnlySpan<byte> Data(int i) => _classes?[i] is { } classes ? classes.Texts.Span : _result.Outputs[i].Data;

    public void Dispose()
    {
        foreach (Classes? classes in _classes ?? [])
        {
            classes?.Texts.Dispose();
        }
    }

    private static Classes Classify(ResultTensor output, int count, IReadOnlyList<string> labels)
    {
        long[] shape = Classification.Shape(output.Name, output.DataType, output.Shape, count);
        PooledBuffer texts = new();
        try
        {
            Classification.Write(output.DataType, output.Data, shape.Length == 1 ? 1 : shape[0], count, labels, texts);
        }
        catch
        {
            texts.Dispose();
            throw;
        }

        return new Classes(shape, texts);
    }

    private sealed record Classes(long[] Shape, PooledBuffer Texts);
}
