using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOperator.Server.Execution;

namespace ModelOperator.BenchmarkLimits.Loop;

/// <summary>
/// One thread's binding to a session: inputs and outputs lie in buffers made once, so that a run allocates nothing of its own and does not
/// meet other threads at an allocator's lock.
/// </summary>
internal sealed class BareCaller : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly List<OrtValue> _values = [];
    private readonly OrtAllocator? _device;

    public BareCaller(InferenceSession session, BareOptions options)
    {
        _session = session;
        _device = options.OnDevice ? DeviceAllocator(session) : null;
        _binding = session.CreateIoBinding();
        foreach ((string name, NodeMetadata metadata) in session.InputMetadata)
        {
            _binding.BindInput(name, Value(metadata, options.Batch));
        }

        foreach ((string name, NodeMetadata metadata) in session.OutputMetadata)
        {
            _binding.BindOutput(name, Value(metadata, options.Batch));
        }
    }

    /// <summary>One inference; returns when the outputs lie in their buffers.</summary>
    public void Run()
    {
        // As the server does, and as ONNX Runtime does on its own threads.
        DenormalNumbers.Flush();
        _session.RunWithBinding(_options, _binding);
        if (_device is not null)
        {
            _binding.SynchronizeBoundOutputs();
        }

        DenormalNumbers.Keep();
    }

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
        _values.ForEach(v => v.Dispose());
        _device?.Dispose();
    }

    private static OrtAllocator DeviceAllocator(InferenceSession session)
    {
        using OrtMemoryInfo memory = new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        return new OrtAllocator(session, memory);
    }

    // Buffers on the CPU, as a server has them, unless told otherwise: where the session runs on a GPU, each run copies there and back.
    private OrtValue Value(NodeMetadata metadata, int batch)
    {
        long[] shape = [.. metadata.Dimensions.Select(d => d < 0 ? batch : (long)d)];
        OrtValue value = OrtValue.CreateAllocatedTensorValue(_device ?? OrtAllocator.DefaultInstance, metadata.ElementDataType, shape);
        if (_device is null)
        {
            Fill(value, metadata.ElementDataType);
        }

        _values.Add(value);
        return value;
    }

    // Ordinary numbers: denormal ones, which fresh memory may hold, cost more than any request would.
    private static void Fill(OrtValue value, TensorElementType type)
    {
        switch (type)
        {
            case TensorElementType.Float: value.GetTensorMutableDataAsSpan<float>().Fill(0.5f); break;
            case TensorElementType.Float16: value.GetTensorMutableDataAsSpan<Float16>().Fill((Float16)0.5f); break;
            default: value.GetTensorMutableRawData().Clear(); break;
        }
    }
}
