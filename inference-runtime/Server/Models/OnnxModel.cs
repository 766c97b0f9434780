using System.Buffers;
using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Models;

/// <summary>A loaded model. One session serves all threads.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxModel(InferenceSession session, FeedbackOptions feedback, ILogger logger)
    {
        _session = session;
        Inputs = [.. session.InputNames.Select(n => TensorSpec.Of(n, session.InputMetadata[n]) ?? throw Unsupported(n, session.InputMetadata[n]))];

        List<TensorSpec> outputs = [];
        foreach (string name in session.OutputNames)
        {
            NodeMetadata metadata = session.OutputMetadata[name];
            if (TensorSpec.Of(name, metadata) is { } spec)
            {
                outputs.Add(spec);
            }
            else
            {
                LogMessages.OutputLeftOut(logger, name, Kind(metadata));
            }
        }

        Outputs = outputs.Count > 0
            ? outputs
            : throw new TerminatingException(
                FailureReasons.ModelInvalid, $"the model has no tensor output; {string.Join(", ", session.OutputNames)} cannot be carried by the protocol");
        Predictions = PredictionReader.For(Outputs, feedback);
    }

    public IReadOnlyList<TensorSpec> Inputs { get; }

    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Reads what feedback is held against from an output; null when there is nothing of the kind.</summary>
    public PredictionReader? Predictions { get; }

    /// <summary>Computes outputs. The request must have been checked.</summary>
    /// <exception cref="OnnxRuntimeException">The model cannot compute these values.</exception>
    public ResultTensor[] Run(IReadOnlyList<InferTensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] names = new string[inputs.Count];
        OrtValue[] values = new OrtValue[inputs.Count];
        MemoryHandle[] pins = new MemoryHandle[inputs.Count];
        try
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                names[i] = inputs[i].Name;
                values[i] = ToOrtValue(inputs[i], out pins[i]);
            }

            using RunOptions options = new();
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static o => ((RunOptions)o!).Terminate = true, options);
            try
            {
                IDisposableReadOnlyCollection<OrtValue> computed = _session.Run(options, names, values, outputs);
                return [.. computed.Select((value, i) => new ResultTensor(outputs[i], value))];
            }
            catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }
        finally
        {
            foreach (OrtValue? value in values)
            {
                value?.Dispose();
            }

            foreach (MemoryHandle pin in pins)
            {
                pin.Dispose();
            }
        }
    }

    public void Dispose() => _session.Dispose();

    private static unsafe OrtValue ToOrtValue(InferTensor tensor, out MemoryHandle pin)
    {
        if (tensor.DataType == TensorDataType.Bytes)
        {
            pin = default;
            return ToStringValue(tensor);
        }

        pin = tensor.Data.Pin();
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, ElementTypes.ToOnnx(tensor.DataType), tensor.Shape, (nint)pin.Pointer, tensor.Data.Length);
    }

    private static OrtValue ToStringValue(InferTensor tensor)
    {
        OrtValue value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape);
        ReadOnlySpan<byte> data = tensor.Data.Span;
        for (int i = 0; data.Length > 0; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data);
            value.StringTensorSetElementAt(data.Slice(sizeof(int), length), i);
            data = data[(sizeof(int) + length)..];
        }

        return value;
    }

    private static TerminatingException Unsupported(string name, NodeMetadata metadata) =>
        new(FailureReasons.ModelInvalid, $"input '{name}' of the model is {Kind(metadata)}, which the protocol cannot carry");

    private static string Kind(NodeMetadata metadata) => metadata.OnnxValueType switch
    {
        OnnxValueType.ONNX_TYPE_TENSOR => $"a tensor of {metadata.ElementDataType}",
        OnnxValueType.ONNX_TYPE_SEQUENCE => "a sequence",
        OnnxValueType.ONNX_TYPE_MAP => "a map",
        _ => metadata.OnnxValueType.ToString(),
    };
}
