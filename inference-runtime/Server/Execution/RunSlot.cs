using System.Buffers;
using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>
/// What one run of a session at a time needs: names, input buffers, run options, all of them made once.
/// Not for two threads at once.
/// </summary>
internal sealed unsafe class RunSlot : IDisposable
{
    /// <summary>
    /// Up to this size copying an input to where a native tensor lies already is cheaper than making one where the input lies.
    /// </summary>
    private const int CopiedBytes = 4096;

    /// <summary>There are few slots, and page-locked memory is dear to get.</summary>
    private const int KeptBytes = 256 * 1024 * 1024;

    private readonly IReadOnlyList<TensorSpec> _inputs;
    private readonly TensorBuffer[] _buffers;
    private readonly MemoryHandle[] _pins;
    // Native tensors made for one run only.
    private readonly nint[] _made;
    private readonly nint* _names;
    private readonly nint* _values;
    private readonly nint _options;

    public RunSlot(OrtSession session, IReadOnlyList<TensorSpec> inputs)
    {
        (Session, _inputs) = (session, inputs);
        _buffers = [.. inputs.Select(i => new TensorBuffer(session.Memory, ElementTypes.ToOnnx(i.DataType), KeptBytes))];
        _pins = new MemoryHandle[inputs.Count];
        _made = new nint[inputs.Count];
        _names = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(inputs.Count, 1), (nuint)sizeof(nint));
        _values = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(inputs.Count, 1), (nuint)sizeof(nint));
        for (int i = 0; i < inputs.Count; i++)
        {
            _names[i] = session.NativeName(inputs[i].Name);
        }

        _options = OrtNative.CreateRunOptions();
    }

    public OrtSession Session { get; }

    /// <summary>Gives an input to the next run, where it lies if it is large.</summary>
    public void Bind(int input, InferTensor tensor)
    {
        Memory<byte> data = tensor.Data;
        if (tensor.DataType == TensorDataType.Bytes)
        {
            _made[input] = _values[input] = StringTensors.Create(tensor.Shape, data.Span);
        }
        else if (data.Length <= CopiedBytes || Session.Memory.Pinned)
        {
            _buffers[input].Prepare(tensor.Shape, (nuint)data.Length);
            _values[input] = _buffers[input].Value;
            data.Span.CopyTo(new Span<byte>((void*)_buffers[input].Address, data.Length));
        }
        else
        {
            _pins[input] = data.Pin();
            _made[input] = _values[input] = OrtNative.CreateTensor(
                Session.Memory.Info, (nint)_pins[input].Pointer, (nuint)data.Length, tensor.Shape, ElementTypes.ToOnnx(tensor.DataType));
        }
    }

    /// <summary>Room for an input of the next run, to be filled by the caller: a tensor like another one, but of so many rows.</summary>
    public Span<byte> Stage(int input, ReadOnlySpan<long> like, long rows, int bytes)
    {
        _buffers[input].Prepare([rows, .. like[1..]], (nuint)bytes);
        _values[input] = _buffers[input].Value;
        return new Span<byte>((void*)_buffers[input].Address, bytes);
    }

    /// <summary>Gives strings to the next run, in the shape of another tensor, but of so many rows.</summary>
    public void StageStrings(int input, ReadOnlySpan<long> like, long rows, ReadOnlySpan<byte> data) =>
        _made[input] = _values[input] = StringTensors.Create([rows, .. like[1..]], data);

    /// <summary>Runs the session on the inputs given. The caller releases what comes of it.</summary>
    /// <exception cref="OrtCallException">The model cannot compute these inputs, or the run was ended.</exception>
    public OutputSet Run(OutputSelection selection)
    {
        nint[] values = new nint[selection.Computed.Length];
        nint[] names = [.. selection.Computed.Select(o => Session.NativeName(o.Name))];
        fixed (nint* results = values, outputNames = names)
        {
            Run(outputNames, results, values.Length);
        }

        return new OutputSet(selection, values);
    }

    /// <summary>Lets go of the inputs; the next run is given its own.</summary>
    public void Clear()
    {
        for (int i = 0; i < _made.Length; i++)
        {
            if (_made[i] != 0)
            {
                OrtNative.Release(_made[i]);
                _made[i] = 0;
            }

            _pins[i].Dispose();
            _pins[i] = default;
            _buffers[i].Trim();
        }
    }

    /// <summary>Ends the run in progress at its next operator, and every later one until <see cref="Unterminate"/>.</summary>
    public void Terminate() => OrtNative.Terminate(_options);

    /// <summary>Runs may go on again.</summary>
    public void Unterminate() => OrtNative.Unterminate(_options);

    public void Dispose()
    {
        Clear();
        foreach (TensorBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }

        NativeMemory.Free(_names);
        NativeMemory.Free(_values);
        OrtNative.ReleaseRunOptions(_options);
    }

    private void Run(nint* outputNames, nint* outputs, int outputCount)
    {
        if (Session.FlushesDenormals)
        {
            DenormalNumbers.Flush();
        }

        try
        {
            OrtNative.Run(Session.Handle, _options, _names, _values, _inputs.Count, outputNames, outputs, outputCount);
        }
        finally
        {
            if (Session.FlushesDenormals)
            {
                DenormalNumbers.Keep();
            }
        }
    }
}
