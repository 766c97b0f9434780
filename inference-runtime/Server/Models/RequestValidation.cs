using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Models;

/// <summary>Compares a request with what the model takes, and says what would be right. What is right costs no memory.</summary>
internal static class RequestValidation
{
    private const int OnStack = 32;

    public static void Check(InferRequest request, IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs)
    {
        CheckInputs(request.Inputs, inputs);
        if (request.Outputs is { } asked)
        {
            CheckOutputs(asked, outputs);
        }
    }

    private static void CheckInputs(List<InferTensor> given, IReadOnlyList<TensorSpec> inputs)
    {
        // Where each name of an open dimension is first met: which tensor given, and which of its dimensions.
        int most = 0;
        for (int i = 0; i < inputs.Count; i++)
        {
            most += inputs[i].Shape.Length;
        }

        Span<(int Tensor, int Axis)> met = most <= OnStack ? stackalloc (int, int)[OnStack] : new (int, int)[most];
        int metCount = 0;
        for (int i = 0; i < given.Count; i++)
        {
            InferTensor tensor = given[i];
            TensorSpec spec = SpecOf(given, i, inputs);
            if (tensor.DataType != spec.DataType)
            {
                throw new ProtocolException(
                    $"input '{tensor.Name}': datatype is {tensor.DataType.Name()}, the model takes {spec.DataType.Name()}");
            }

            CheckShape(tensor, spec);
            for (int axis = 0; axis < spec.Shape.Length; axis++)
            {
                if (spec.Shape[axis] < 0 && !string.IsNullOrEmpty(spec.Symbols[axis]))
                {
                    CheckSymbol(given, inputs, i, axis, spec.Symbols[axis], met, ref metCount);
                }
            }
        }

        if (given.Count < inputs.Count)
        {
            TensorSpec missing = inputs.First(i => given.All(t => t.Name != i.Name));
            throw new ProtocolException(
                $"input '{missing.Name}' is missing: the model takes it as {missing.DataType.Name()} of shape {missing.Describe()}");
        }
    }

    private static TensorSpec SpecOf(List<InferTensor> given, int index, IReadOnlyList<TensorSpec> inputs)
    {
        string name = given[index].Name;
        for (int i = 0; i < index; i++)
        {
            if (given[i].Name == name)
            {
                throw new ProtocolException($"input '{name}' is given twice");
            }
        }

        return Find(inputs, name, index)
            ?? throw new ProtocolException($"input '{name}' is not an input of the model, which takes {Names(inputs)}");
    }

    private static void CheckShape(InferTensor tensor, TensorSpec spec)
    {
        // A model that does not state a shape is asked when it runs.
        bool fits = spec.Shape.Length == 0 || tensor.Shape.Length == spec.Shape.Length;
        for (int i = 0; fits && i < spec.Shape.Length; i++)
        {
            fits = spec.Shape[i] < 0 || tensor.Shape[i] == spec.Shape[i];
        }

        if (!fits)
        {
            string open = spec.Shape.Contains(-1) ? ", where a name stands for any length" : "";
            throw new ProtocolException(
                $"input '{tensor.Name}': shape is {Shapes.Format(tensor.Shape)}, the model takes {spec.Describe()}{open}");
        }
    }

    private static void CheckSymbol(
        List<InferTensor> given, IReadOnlyList<TensorSpec> inputs, int tensor, int axis, string symbol,
        Span<(int Tensor, int Axis)> met, ref int metCount)
    {
        for (int i = 0; i < metCount; i++)
        {
            InferTensor other = given[met[i].Tensor];
            if (Find(inputs, other.Name, met[i].Tensor)!.Symbols[met[i].Axis] != symbol)
            {
                continue;
            }

            if (other.Shape[met[i].Axis] != given[tensor].Shape[axis])
            {
                throw new ProtocolException(
                    $"input '{given[tensor].Name}': dimension {axis} ({symbol}) is {given[tensor].Shape[axis]}, "
                    + $"but {other.Shape[met[i].Axis]} in input '{other.Name}'; they must be equal");
            }

            return;
        }

        met[metCount++] = (tensor, axis);
    }

    private static void CheckOutputs(List<RequestedOutput> asked, IReadOnlyList<TensorSpec> outputs)
    {
        for (int i = 0; i < asked.Count; i++)
        {
            string name = asked[i].Name;
            if (Find(outputs, name, i) is null)
            {
                throw new ProtocolException($"output '{name}' is not an output of the model, which has {Names(outputs)}");
            }

            for (int j = 0; j < i; j++)
            {
                if (asked[j].Name == name)
                {
                    throw new ProtocolException($"output '{name}' is asked for twice");
                }
            }
        }
    }

    // Most clients name tensors in the model's order.
    private static TensorSpec? Find(IReadOnlyList<TensorSpec> specs, string name, int likely)
    {
        if (likely < specs.Count && specs[likely].Name == name)
        {
            return specs[likely];
        }

        for (int i = 0; i < specs.Count; i++)
        {
            if (specs[i].Name == name)
            {
                return specs[i];
            }
        }

        return null;
    }

    private static string Names(IEnumerable<TensorSpec> specs) =>
        string.Join(", ", specs.Select(s => $"'{s.Name}' ({s.DataType.Name()} {s.Describe()})"));
}
