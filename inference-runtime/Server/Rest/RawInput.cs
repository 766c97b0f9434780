using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Rest;

/// <summary>
/// Reads bodies without JSON, which are the data of a model's only input. The shape follows from the length where one dimension is open;
/// of a second one that is open, the first is the batch, and one.
/// </summary>
internal sealed class RawInput
{
    private readonly TensorSpec _input;
    private readonly string? _refusal;
    private readonly int _deduced = -1;
    private readonly long[] _shape;
    private readonly long _unit = 1;

    public RawInput(IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs)
    {
        _input = inputs.Count == 1 ? inputs[0] : new TensorSpec("", TensorDataType.Bytes, [], []);
        _shape = [.. _input.Shape];
        List<int> open = [.. Enumerable.Range(0, _shape.Length).Where(axis => _shape[axis] < 0)];
        bool text = _input.DataType == TensorDataType.Bytes;
        if (open.Count > (text ? 0 : 1) && open[0] == 0 && BatchAxis.Obstacle(inputs, outputs) is null)
        {
            _shape[0] = 1;
            open.RemoveAt(0);
        }

        if (open.Count == 1)
        {
            _deduced = open[0];
            _shape[_deduced] = 1;
        }

        bool countable = open.Count <= 1 && Shapes.TryCount(_shape, int.MaxValue, out _unit);
        _refusal = inputs.Count != 1 ? $"the model has {inputs.Count} inputs"
            : text && (open.Count > 0 || _unit != 1) ? $"input '{_input.Name}' {_input.Describe()} is not of one text"
            : open.Count > 1 ? $"more than one dimension of input '{_input.Name}' {_input.Describe()} is open"
            : !countable || _unit == 0 ? $"input '{_input.Name}' {_input.Describe()} has no length that would tell its shape"
            : null;
    }

    /// <summary>The request that a body is; it may be a view of the body.</summary>
    public InferRequest Read(Memory<byte> body, ProtocolLimits limits)
    {
        if (_refusal is not null)
        {
            throw new ProtocolException(
                $"{ModelHeaders.InferenceHeaderLength} is 0, so that the body is the data of the only input, but {_refusal}: "
                + "send JSON before it");
        }

        if (_input.DataType == TensorDataType.Bytes)
        {
            return RawInferRequest.Of(_input.Name, _input.DataType, _shape, body, limits);
        }

        long unit = _unit * _input.DataType.Size();
        bool fits = _deduced < 0 ? body.Length == unit : body.Length > 0 && body.Length % unit == 0;
        if (!fits)
        {
            throw new ProtocolException(
                $"the body has {body.Length} bytes, input '{_input.Name}' {_input.DataType.Name()} {_input.Describe()} takes "
                + $"{(_deduced < 0 ? "" : "a multiple of ")}{unit}");
        }

        if (_deduced < 0)
        {
            return RawInferRequest.Of(_input.Name, _input.DataType, _shape, body, limits);
        }

        long[] shape = [.. _shape];
        shape[_deduced] = body.Length / unit;
        return RawInferRequest.Of(_input.Name, _input.DataType, shape, body, limits);
    }
}
