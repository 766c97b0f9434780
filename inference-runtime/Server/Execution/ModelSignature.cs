using Microsoft.ML.OnnxRuntime;

namespace ModelOperator.Server.Execution;

/// <summary>What a model takes and gives.</summary>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Those of its outputs that the protocol can carry.</param>
internal sealed record ModelSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs)
{
    public static ModelSignature Of(InferenceSession session, ILogger logger)
    {
        TensorSpec[] inputs =
        [
            .. session.InputNames.Select(n => TensorSpec.Of(n, session.InputMetadata[n]) ?? throw Unsupported(n, session.InputMetadata[n])),
        ];
        List<TensorSpec> outputs = [];
        foreach (string name in session.OutputNames)
        {
            NodeMetadata metadata = session.OutputMetadata[name];
            if (TensorSpec.Of(name, metadata) is { } spec)
            {
                outputs.Add(spec);
            }
            else
            {
                LogMessages.OutputLeftOut(logger, name, Kind(metadata));
            }
        }

        return outputs.Count > 0
            ? new ModelSignature(inputs, outputs)
            : throw new TerminatingException(
                FailureReasons.ModelInvalid,
                $"the model has no tensor output; {string.Join(", ", session.OutputNames)} cannot be carried by the protocol");
    }

    private static TerminatingException Unsupported(string name, NodeMetadata metadata) =>
        new(FailureReasons.ModelInvalid, $"input '{name}' of the model is {Kind(metadata)}, which the protocol cannot carry");

    private static string Kind(NodeMetadata metadata) => metadata.OnnxValueType switch
    {
        OnnxValueType.ONNX_TYPE_TENSOR => $"a tensor of {metadata.ElementDataType}",
        OnnxValueType.ONNX_TYPE_SEQUENCE => "a sequence",
        OnnxValueType.ONNX_TYPE_MAP => "a map",
        _ => metadata.OnnxValueType.ToString(),
    };
}
