namespace ModelOperator.Protocol.Grpc;

/// <summary>Reads <c>ModelInferRequest.InferRequestedOutputTensor</c>.</summary>
internal static class RequestedOutputMessage
{
    private const int Name = 1;
    private const int Parameters = 2;

    public static RequestedOutput Read(ReadOnlySpan<byte> message, ProtoRange output, int index, ProtocolLimits limits)
    {
        string name = "";
        bool? binary = null;
        int classification = 0;
        ProtoReader reader = new(message, output);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case Name:
                    ProtoRange range = reader.ReadRange();
                    name = range.Length <= limits.MaxNameLength
                        ? NameCache.Get(reader.Bytes(range), $"outputs[{index}].name")
                        : throw new ProtocolException(
                            $"outputs[{index}].name is {range.Length} bytes long, the limit is {limits.MaxNameLength}");
                    break;
                case Parameters:
                    ParameterReader.ReadOfOutput(
                        message,
                        reader.ReadRange(),
                        name.Length > 0 ? $"output '{name}'" : $"outputs[{index}]",
                        ref binary,
                        ref classification);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return name.Length > 0
            ? new RequestedOutput(name) { BinaryData = binary, Classification = classification }
            : throw new ProtocolException($"outputs[{index}].name is empty");
    }
}
