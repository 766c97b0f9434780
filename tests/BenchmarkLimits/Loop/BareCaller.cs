using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

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

    public BareCaller(InferenceSession session, int batch)
    {
        _session = session;
        _binding = session.CreateIoBinding();
        foreach ((string name, NodeMetadata metadata) in session.InputMetadata)
        {
            _binding.BindInput(name, Value(metadata, batch));
        }

        foreach ((string name, NodeMetadata metadata) in session.OutputMetadata)
        {
            _binding.BindOutput(name, Value(metadata, batch));
        }
    }

    /// <summary>One inference; returns when the outputs lie in their buffers.</summary>
    public void Run() => _session.RunWithBinding(_options, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
        _values.ForEach(v => v.Dispose());
    }

    // Buffers on the CPU, as a server has them: where the session runs on a GPU, each run copies there and back.
    private OrtValue Value(NodeMetadata metadata, int batch)
    {
        long[] shape = [.. metadata.Dimensions.Select(d => d < 0 ? batch : (long)d)];
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, metadata.ElementDataType, shape);
        Fill(value, metadata.ElementDataType);
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
