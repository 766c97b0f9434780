using ModelOperator.Protocol;

namespace ModelOperator.Server.Models;

/// <summary>Compares a request with what the model takes, and says what would be right.</summary>
internal static class RequestValidation
{
    public static void Check(InferRequest request, IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs)
    {
        Dictionary<string, (long Length, string Input)> symbols = new(StringComparer.Ordinal);
        foreach (InferTensor tensor in request.Inputs)
        {
            TensorSpec spec = inputs.FirstOrDefault(i => i.Name == tensor.Name)
                ?? throw new ProtocolException($"input '{tensor.Name}' is not an input of the model, which takes {Names(inputs)}");
            if (request.Inputs.Count(t => t.Name == tensor.Name) > 1)
            {
                throw new ProtocolException($"input '{tensor.Name}' is given twice");
            }

            if (tensor.DataType != spec.DataType)
            {
                throw new ProtocolException(
                    $"input '{tensor.Name}': datatype is {tensor.DataType.Name()}, the model takes {spec.DataType.Name()}");
            }

            CheckShape(tensor, spec, symbols);
        }

        if (inputs.FirstOrDefault(i => request.Inputs.All(t => t.Name != i.Name)) is { } missing)
        {
            throw new ProtocolException(
                $"input '{missing.Name}' is missing: the model takes it as {missing.DataType.Name()} of shape {missing.Describe()}");
        }

        CheckOutputs(request.Outputs, outputs);
    }

    private static void CheckShape(InferTensor tensor, TensorSpec spec, Dictionary<string, (long Length, string Input)> symbols)
    {
        // A model that does not state a shape is asked when it runs.
        if (spec.Shape.Length == 0)
        {
            return;
        }

        bool fits = tensor.Shape.Length == spec.Shape.Length;
        for (int i = 0; fits && i < spec.Shape.Length; i++)
        {
            fits = spec.Shape[i] < 0 ? tensor.Shape[i] > 0 : tensor.Shape[i] == spec.Shape[i];
        }

        if (!fits)
        {
            string open = spec.Shape.Contains(-1) ? ", where a name stands for any length from 1" : "";
            throw new ProtocolException(
                $"input '{tensor.Name}': shape is {Shapes.Format(tensor.Shape)}, the model takes {spec.Describe()}{open}");
        }

        for (int i = 0; i < spec.Shape.Length; i++)
        {
            if (spec.Shape[i] >= 0 || string.IsNullOrEmpty(spec.Symbols[i]))
            {
                continue;
            }

            if (!symbols.TryGetValue(spec.Symbols[i], out (long Length, string Input) first))
            {
                symbols.Add(spec.Symbols[i], (tensor.Shape[i], tensor.Name));
            }
            else if (first.Length != tensor.Shape[i])
            {
                throw new ProtocolException(
                    $"input '{tensor.Name}': dimension {i} ({spec.Symbols[i]}) is {tensor.Shape[i]}, but {first.Length} in input '{first.Input}'; they must be equal");
            }
        }
    }

    private static void CheckOutputs(List<RequestedOutput>? asked, IReadOnlyList<TensorSpec> outputs)
    {
        if (asked is null)
        {
            return;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (RequestedOutput output in asked)
        {
            string name = output.Name;
            if (outputs.All(o => o.Name != name))
            {
                throw new ProtocolException($"output '{name}' is not an output of the model, which has {Names(outputs)}");
            }

            if (!seen.Add(name))
            {
                throw new ProtocolException($"output '{name}' is asked for twice");
            }
        }
    }

    private static string Names(IEnumerable<TensorSpec> specs) =>
        string.Join(", ", specs.Select(s => $"'{s.Name}' ({s.DataType.Name()} {s.Describe()})"));
}
