using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>
/// A quick way to read a request and a careful one, which must read the same. What the quick one refuses it has read carefully itself.
/// </summary>
internal static class Agreement
{
    public static void Check(Func<InferRequest> quick, Func<InferRequest> careful)
    {
        using InferRequest request = quick();
        try
        {
            using InferRequest other = careful();
            if (!Same(request, other))
            {
                throw new InvalidOperationException("the two ways read different requests");
            }
        }
        catch (ProtocolException e)
        {
            throw new InvalidOperationException($"what is read quickly is refused when it is read carefully: {e.Message}", e);
        }
    }

    private static bool Same(InferRequest a, InferRequest b) =>
        a.Id == b.Id && a.Inputs.Count == b.Inputs.Count && a.Outputs?.Count == b.Outputs?.Count
        && a.Inputs.Zip(b.Inputs).All(p => p.First.Name == p.Second.Name && p.First.DataType == p.Second.DataType
            && p.First.Shape.AsSpan().SequenceEqual(p.Second.Shape) && p.First.Data.Span.SequenceEqual(p.Second.Data.Span));
}
