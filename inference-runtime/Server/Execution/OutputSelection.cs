using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>The outputs that a request has computed.</summary>
/// <param name="Computed">Those it asked for, in its order, and then what the server itself wants besides.</param>
/// <param name="Asked">How many of them it asked for.</param>
internal sealed record OutputSelection(TensorSpec[] Computed, int Asked)
{
    public bool SameOutputs(OutputSelection other) =>
        ReferenceEquals(this, other) || (Asked == other.Asked && Computed.SequenceEqual(other.Computed));
}

/// <summary>Selects outputs of a model.</summary>
/// <param name="outputs">All that it has.</param>
/// <param name="judged">The output that is computed also when nobody asked for it, so that feedback can be compared with it.</param>
internal sealed class OutputSelections(IReadOnlyList<TensorSpec> outputs, string? judged)
{
    private readonly TensorSpec? _judged = outputs.FirstOrDefault(o => o.Name == judged);

    public OutputSelection All { get; } = new([.. outputs], outputs.Count);

    /// <summary>The selection of a checked request.</summary>
    public OutputSelection For(List<RequestedOutput>? asked)
    {
        if (asked is null)
        {
            return All;
        }

        List<TensorSpec> computed = [.. asked.Select(a => outputs.First(o => o.Name == a.Name))];
        if (_judged is not null && !computed.Contains(_judged))
        {
            computed.Add(_judged);
        }

        return new OutputSelection([.. computed], asked.Count);
    }
}
