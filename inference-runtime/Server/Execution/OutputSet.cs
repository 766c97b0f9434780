using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>
/// The outputs of one run: in buffers that are used again where the shape could be told before, else as ONNX Runtime allocated them. The
/// results made of it hold it; with the last of them it goes back to where it came from.
/// </summary>
internal sealed class OutputSet : IDisposable
{
    /// <summary>There are as many sets as answers that are being written.</summary>
    private const int KeptBytes = 32 * 1024 * 1024;

    private readonly OutputSelection _selection;
    private readonly OrtSession _session;
    private readonly OutputSetPool _pool;
    private readonly TensorBuffer?[] _buffers;
    private readonly nint[] _values;
    private readonly long[][] _shapes;
    private readonly PooledBuffer?[] _texts;
    private int _holders;

    public OutputSet(OutputSelection selection, OrtSession session, OutputSetPool pool)
    {
        (_selection, _session, _pool) = (selection, session, pool);
        _buffers = [.. selection.Computed.Select((o, i) => selection.Rules[i] is null ? null : new TensorBuffer(session.Memory, ElementTypes.ToOnnx(o.DataType), KeptBytes))];
        _values = new nint[_buffers.Length];
        _shapes = [.. selection.Rules.Select(r => new long[r?.Rank ?? 0])];
        _texts = new PooledBuffer?[_buffers.Length];
    }

    /// <summary>Makes room for the outputs whose shapes can be told. The values are what a run is given, 0 where it has to allocate.</summary>
    public void Prepare(ReadOnlySpan<long[]> inputs, bool tell, Span<nint> values)
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            values[i] = 0;
            if (tell && _selection.Rules[i] is { } rule && rule.TryTell(inputs, _shapes[i], out long elements))
            {
                TensorBuffer buffer = _buffers[i]!;
                buffer.Prepare(_shapes[i], (nuint)(elements * _selection.Computed[i].DataType.Size()));
                values[i] = buffer.Value;
            }
        }
    }

    /// <summary>Takes what a run computed.</summary>
    public void Take(ReadOnlySpan<nint> values)
    {
        // All are taken before one is looked at, so that none is lost when one is not what it should be.
        for (int i = 0; i < _buffers.Length; i++)
        {
            _values[i] = values[i] == _buffers[i]?.Value ? 0 : values[i];
        }

        for (int i = 0; i < _buffers.Length; i++)
        {
            if (_values[i] == 0)
            {
                continue;
            }

            TensorDataType? type = ElementTypes.ToProtocol(OrtNative.Describe(values[i], out ReadOnlySpan<long> shape));
            _shapes[i] = shape.Length == _shapes[i].Length ? _shapes[i] : new long[shape.Length];
            shape.CopyTo(_shapes[i]);
            if (type != _selection.Computed[i].DataType)
            {
                throw new InvalidOperationException($"output '{_selection.Computed[i].Name}' came as {type}");
            }

            if (type == TensorDataType.Bytes)
            {
                _texts[i] = StringTensors.Read(values[i], checked((int)Count(_shapes[i])));
            }
        }
    }

    /// <summary>The shape of an output that was computed.</summary>
    public ReadOnlySpan<long> Shape(int output) => _shapes[output];

    /// <summary>The whole run as the result of one request.</summary>
    public InferResult Whole(InferTimings timings) => Rows(0, 1, 1, timings);

    /// <summary>Some rows of the run as the result of one request.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="all">Rows of the run.</param>
    /// <param name="timings">Where the time went.</param>
    public InferResult Rows(int from, int rows, int all, InferTimings timings)
    {
        InferResult result = _selection.Rent();
        Hold();
        result.Hold(this, timings);
        try
        {
            SetRows(result, from, rows, all);
            return result;
        }
        catch
        {
            // An output of more than two gigabytes, of which no answer can be made.
            result.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the outputs for one holder more: the run itself, or a result.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>One holder fewer; the last one gives the set back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Clear();
            _pool.Return(this);
            _session.Leave();
        }
    }

    public void Dispose()
    {
        Clear();
        foreach (TensorBuffer? buffer in _buffers)
        {
            buffer?.Dispose();
        }
    }

    private void SetRows(InferResult result, int from, int rows, int all)
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            long[] shape = _shapes[i];
            long perRow = Count(shape) / Math.Max(all, 1);
            if (_texts[i] is { } texts)
            {
                result.Computed[i].SetText(shape, perRow * rows, StringTensors.Slice(texts.Memory, checked((int)(perRow * from)), checked((int)(perRow * rows))));
            }
            else
            {
                long size = perRow * _selection.Computed[i].DataType.Size();
                result.Computed[i].Set(shape, perRow * rows, perRow == 0 ? 0 : Address(i) + (nint)(from * size), checked((int)(rows * size)));
            }

            if (rows != all)
            {
                result.Computed[i].Shape[0] = rows;
            }
        }
    }

    private void Clear()
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            _texts[i]?.Dispose();
            _texts[i] = null;
            _buffers[i]?.Trim();
            if (_values[i] != 0)
            {
                OrtNative.Release(_values[i]);
                _values[i] = 0;
            }
        }
    }

    private nint Address(int output) => _values[output] != 0 ? OrtNative.Data(_values[output]) : _buffers[output]!.Address;

    private static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long length in shape)
        {
            count *= length;
        }

        return count;
    }
}
