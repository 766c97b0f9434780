using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>The selections of outputs that requests to a model make; the usual ones are made once.</summary>
internal sealed class OutputSelections
{
    /// <summary>Clients that ask for ever new selections get them, but they are not kept.</summary>
    private const int MaxKept = 64;

    private readonly IReadOnlyList<TensorSpec> _inputs;
    private readonly IReadOnlyList<TensorSpec> _outputs;
    private readonly TensorSpec? _label;
    private readonly Lock _lock = new();
    private volatile OutputSelection[] _known = [];

    /// <param name="inputs">The model's inputs.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="label">The output that is computed also when nobody asked for it, so that its labels can be remembered.</param>
    public OutputSelections(IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs, string? label)
    {
        (_inputs, _outputs) = (inputs, outputs);
        _label = outputs.FirstOrDefault(o => o.Name == label);
        All = new OutputSelection([.. outputs], outputs.Count, inputs);
    }

    /// <summary>All outputs of the model.</summary>
    public OutputSelection All { get; }

    /// <summary>The selection of a checked request.</summary>
    public OutputSelection For(List<RequestedOutput>? asked)
    {
        if (asked is null)
        {
            return All;
        }

        foreach (OutputSelection selection in _known)
        {
            if (selection.Is(asked))
            {
                return selection;
            }
        }

        return Make(asked);
    }

    private OutputSelection Make(List<RequestedOutput> asked)
    {
        List<TensorSpec> computed = [.. asked.Select(a => _outputs.First(o => o.Name == a.Name))];
        if (_label is not null && !computed.Contains(_label))
        {
            computed.Add(_label);
        }

        lock (_lock)
        {
            OutputSelection made = new([.. computed], asked.Count, _inputs, kept: _known.Length < MaxKept);
            _known = made.Kept ? [.. _known, made] : _known;
            return made;
        }
    }
}
