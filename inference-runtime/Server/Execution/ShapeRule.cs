using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>
/// The shape that an output will have, told from the shapes of the inputs by the names of their open dimensions. Models can be wrong about
/// that, so a rule counts only after the warm-up has found it true.
/// </summary>
internal sealed class ShapeRule
{
    private readonly long[] _fixed;
    private readonly (int Input, int Axis)[] _from;

    private ShapeRule(long[] lengths, (int Input, int Axis)[] from) => (_fixed, _from) = (lengths, from);

    public int Rank => _fixed.Length;

    /// <summary>The rule of an output; null when the model does not tell its shape.</summary>
    public static ShapeRule? For(TensorSpec output, IReadOnlyList<TensorSpec> inputs)
    {
        // An output without dimensions may be a single value or one whose shape is not stated.
        if (output.Shape.Length == 0 || output.DataType == Protocol.TensorDataType.Bytes)
        {
            return null;
        }

        (int Input, int Axis)[] from = new (int, int)[output.Shape.Length];
        for (int i = 0; i < from.Length; i++)
        {
            if (output.Shape[i] >= 0)
            {
                continue;
            }

            if (Find(output.Symbols[i], inputs) is not { } source)
            {
                return null;
            }

            from[i] = source;
        }

        return new ShapeRule(output.Shape, from);
    }

    /// <summary>Tells the shape; false when it has no end that could be allocated.</summary>
    public bool TryTell(ReadOnlySpan<long[]> inputs, Span<long> shape, out long elements)
    {
        elements = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = _fixed[i] >= 0 ? _fixed[i] : inputs[_from[i].Input][_from[i].Axis];
            if (shape[i] > 0 && elements > int.MaxValue / shape[i])
            {
                return false;
            }

            elements *= shape[i];
        }

        return true;
    }

    private static (int Input, int Axis)? Find(string? symbol, IReadOnlyList<TensorSpec> inputs)
    {
        for (int input = 0; input < inputs.Count && !string.IsNullOrEmpty(symbol); input++)
        {
            int axis = Array.IndexOf(inputs[input].Symbols, symbol);
            if (axis >= 0)
            {
                return (input, axis);
            }
        }

        return null;
    }
}
