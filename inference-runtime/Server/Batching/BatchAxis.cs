using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Batching;

/// <summary>
/// Whether a model takes requests together: along the first dimension, which must be open and of one name in every input and output, so
/// that the model itself says that each row of the outputs belongs to one row of the inputs.
/// </summary>
internal static class BatchAxis
{
    /// <summary>Why requests cannot be joined; null when they can.</summary>
    public static string? Obstacle(IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs)
    {
        if (inputs.Count == 0)
        {
            return "the model has no inputs";
        }

        string? symbol = null;
        for (int i = 0; i < inputs.Count + outputs.Count; i++)
        {
            (string kind, TensorSpec spec) = i < inputs.Count ? ("input", inputs[i]) : ("output", outputs[i - inputs.Count]);
            if (spec.Shape.Length == 0 || spec.Shape[0] >= 0)
            {
                return $"the first dimension of {kind} '{spec.Name}' {spec.Describe()} is not open";
            }

            if (string.IsNullOrEmpty(spec.Symbols[0]))
            {
                return $"the first dimension of {kind} '{spec.Name}' has no name that would tell that it is the same everywhere";
            }

            symbol ??= spec.Symbols[0];
            if (spec.Symbols[0] != symbol)
            {
                return $"the first dimension of {kind} '{spec.Name}' is '{spec.Symbols[0]}', but '{symbol}' in input '{inputs[0].Name}'";
            }
        }

        return null;
    }

    /// <summary>
    /// Whether requests of the same model can be joined: they ask for the same outputs, and but for the number of rows their inputs are
    /// alike.
    /// </summary>
    public static bool Joins(PendingRun one, PendingRun other)
    {
        if (!one.Selection.SameOutputs(other.Selection))
        {
            return false;
        }

        foreach (InferTensor tensor in one.Request.Inputs)
        {
            InferTensor? same = Find(other.Request, tensor.Name);
            if (same is null || !tensor.Shape.AsSpan(1).SequenceEqual(same.Shape.AsSpan(1)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The input of a request that has a name; null when there is none.</summary>
    public static InferTensor? Find(InferRequest request, string name)
    {
        foreach (InferTensor tensor in request.Inputs)
        {
            if (tensor.Name == name)
            {
                return tensor;
            }
        }

        return null;
    }
}
