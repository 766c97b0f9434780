using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>A real model, opened as the server opens it, without a server around it.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly ServedModel _served;

    public TestModel(string path, ExecutionOptions options, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        _served = new ServedModel(new ModelSource("test", "1", path), time, NullLogger.Instance);
        _served.Load(ModelOpener.For(options, new FeedbackOptions(), time, NullLogger.Instance), CancellationToken.None);
        _served.MarkReady();
    }

    public OnnxModel Model => _served.Require();

    public ServedModel Served => _served;

    /// <summary>A request with one tensor of floats.</summary>
    public static InferRequest Floats(string name, long[] shape, params float[] values) =>
        Request((name, TensorDataType.Fp32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

    public static InferRequest Request(params (string Name, TensorDataType Type, long[] Shape, byte[] Data)[] tensors)
    {
        InferRequest request = new();
        foreach ((string name, TensorDataType type, long[] shape, byte[] data) in tensors)
        {
            InferTensor tensor = InferTensor.Zero(name, type, shape);
            data.CopyTo(tensor.Data);
            request.Inputs.Add(tensor);
        }

        return request;
    }

    public static byte[] Bytes<T>(params T[] values)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>Computes a request and copies what comes of it: shape and bytes of each output, and how many rows ran together.</summary>
    public async Task<Computed> RunAsync(InferRequest request, CancellationToken cancellationToken = default)
    {
        using InferResult result = await Model.RunAsync(request, cancellationToken);
        return Copy(result);
    }

    public void Dispose() => _served.Dispose();

    private static Computed Copy(InferResult result)
    {
        List<(string, long[], byte[])> outputs = [];
        foreach (ResultTensor output in result.Outputs)
        {
            outputs.Add((output.Name, [.. output.Shape], output.Data.ToArray()));
        }

        return new Computed(outputs, result.Timings.BatchSize, result.Timings.Queue);
    }
}

internal sealed record Computed(List<(string Name, long[] Shape, byte[] Data)> Outputs, int BatchSize, TimeSpan Queue)
{
    public float[] Floats(int output) => MemoryMarshal.Cast<byte, float>(Outputs[output].Data).ToArray();
}
