using ModelOperator.Protocol;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Execution;

/// <summary>
/// The outputs of one run, where ONNX Runtime allocated them. Whoever ran the model holds them, and so does each result made of them; they
/// are freed when the last one lets go.
/// </summary>
internal sealed class OutputSet
{
    private readonly OutputSelection _selection;
    private readonly nint[] _values;
    private readonly long[][] _shapes;
    private readonly PooledBuffer?[] _texts;
    private int _holders = 1;

    /// <param name="selection">Which outputs they are.</param>
    /// <param name="values">ONNX Runtime's tensors, which belong to this from now on.</param>
    public OutputSet(OutputSelection selection, nint[] values)
    {
        (_selection, _values) = (selection, values);
        _shapes = new long[values.Length][];
        _texts = new PooledBuffer?[values.Length];
        try
        {
            for (int i = 0; i < values.Length; i++)
            {
                Describe(i);
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>The shape of an output.</summary>
    public long[] Shape(int output) => _shapes[output];

    /// <summary>The whole run as the result of one request.</summary>
    public InferResult Whole(InferTimings timings) => Rows(0, 1, 1, timings);

    /// <summary>Some rows of the run as the result of one request.</summary>
    /// <param name="from">The first of them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="all">Rows of the run.</param>
    /// <param name="timings">Where the time went.</param>
    /// <exception cref="OverflowException">An output has more than two gigabytes, of which no answer can be made.</exception>
    public InferResult Rows(int from, int rows, int all, InferTimings timings)
    {
        ResultTensor[] tensors = new ResultTensor[_values.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            long perRow = Shapes.Count(_shapes[i]) / Math.Max(all, 1);
            long[] shape = rows == all ? _shapes[i] : [rows, .. _shapes[i].AsSpan(1)];
            if (_texts[i] is { } texts)
            {
                tensors[i] = new ResultTensor(
                    _selection.Computed[i],
                    shape,
                    StringTensors.Slice(texts.Memory, checked((int)(perRow * from)), checked((int)(perRow * rows))));
                continue;
            }

            long size = perRow * _selection.Computed[i].DataType.Size();
            nint data = perRow == 0 ? 0 : OrtNative.Data(_values[i]) + (nint)(from * size);
            tensors[i] = new ResultTensor(_selection.Computed[i], shape, data, checked((int)(rows * size)));
        }

        Interlocked.Increment(ref _holders);
        return new InferResult(this, tensors, _selection.Asked, timings);
    }

    /// <summary>One holder fewer.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        for (int i = 0; i < _values.Length; i++)
        {
            _texts[i]?.Dispose();
            OrtNative.Release(_values[i]);
        }
    }

    private void Describe(int i)
    {
        TensorDataType? type = ElementTypes.ToProtocol(OrtNative.Describe(_values[i], out ReadOnlySpan<long> shape));
        _shapes[i] = shape.ToArray();
        if (type != _selection.Computed[i].DataType)
        {
            throw new InvalidOperationException($"output '{_selection.Computed[i].Name}' came as {type}");
        }

        if (type == TensorDataType.Bytes)
        {
            _texts[i] = StringTensors.Read(_values[i], checked((int)Shapes.Count(_shapes[i])));
        }
    }
}
