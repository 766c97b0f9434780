using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>How many inferences a request is.</summary>
internal static class RequestRows
{
    /// <summary>
    /// The length of its first input's first dimension where the model leaves that open, as models do that take batches; otherwise one.
    /// </summary>
    public static int Count(InferRequest request, IReadOnlyList<TensorSpec> inputs)
    {
        if (inputs.Count == 0 || inputs[0].Shape is not [-1, ..])
        {
            return 1;
        }

        foreach (InferTensor tensor in request.Inputs)
        {
            if (tensor.Name == inputs[0].Name)
            {
                return tensor.Shape is [var rows, ..] ? (int)Math.Min(rows, int.MaxValue) : 1;
            }
        }

        return 1;
    }
}
