using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelOperator.Server.Execution;

/// <summary>
/// A tensor that is used again and again: its memory grows to what is needed, and as long as the shape stays the same nothing is made anew.
/// Not for two threads at once.
/// </summary>
/// <param name="memory">Where its elements are to lie.</param>
/// <param name="type">Their type.</param>
/// <param name="maxKept">More bytes than this are given back after use: one large request shall not hold memory for ever.</param>
internal sealed unsafe class TensorBuffer(HostMemory memory, TensorElementType type, int maxKept) : IDisposable
{
    private HostMemory.Block _block;
    private nuint _capacity;
    private long[] _shape = [];
    private bool _shaped;

    /// <summary>The native tensor; 0 before the first use.</summary>
    public nint Value { get; private set; }

    /// <summary>Where its elements lie.</summary>
    public nint Address => _block.Address;

    /// <summary>Makes it a tensor of this shape, with elements that nobody has written yet.</summary>
    public void Prepare(ReadOnlySpan<long> shape, nuint bytes)
    {
        if (_shaped && bytes <= _capacity && shape.SequenceEqual(_shape))
        {
            return;
        }

        ReleaseValue();
        if (bytes > _capacity || _capacity == 0)
        {
            Free();
            // An empty tensor has an address too.
            nuint capacity = Math.Max(bytes, 64);
            _block = memory.Allocate(capacity);
            _capacity = capacity;
        }

        Value = OrtNative.CreateTensor(memory.Info, _block.Address, bytes, shape, type);
        _shape = shape.Length == _shape.Length ? _shape : new long[shape.Length];
        shape.CopyTo(_shape);
        _shaped = true;
    }

    /// <summary>Gives memory back that is too much to keep.</summary>
    public void Trim()
    {
        if (_capacity > (nuint)maxKept)
        {
            ReleaseValue();
            Free();
        }
    }

    public void Dispose()
    {
        ReleaseValue();
        Free();
    }

    private void ReleaseValue()
    {
        if (Value != 0)
        {
            OrtNative.Release(Value);
            Value = 0;
            _shaped = false;
        }
    }

    private void Free()
    {
        if (_capacity > 0)
        {
            _block.Free();
            _capacity = 0;
        }
    }
}
