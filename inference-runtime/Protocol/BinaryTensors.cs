namespace ModelOperator.Protocol;

/// <summary>The binary tensor extension: the data of tensors follows the JSON, in the tensors' order.</summary>
internal static class BinaryTensors
{
    /// <summary>Gives each tensor that is binary its part of the data. Nothing may be missing or left over.</summary>
    public static void Bind(List<InferTensor> tensors, Memory<byte> binary, string list)
    {
        int at = 0;
        for (int i = 0; i < tensors.Count; i++)
        {
            InferTensor tensor = tensors[i];
            if (tensor.BinarySize is not { } size)
            {
                continue;
            }

            TensorLabel label = new(list, i, tensor.Name);
            if (size > binary.Length - at)
            {
                throw new ProtocolException(
                    $"{label}: binary_data_size is {size}, but only {binary.Length - at} bytes of the body are left for it");
            }

            Memory<byte> data = binary.Slice(at, size);
            at += size;
            RawData.Check(label, "binary_data_size", tensor, data.Span);
            RawData.Bind(tensor, data);
        }

        if (at < binary.Length)
        {
            throw new ProtocolException(
                $"the body has {binary.Length} bytes of binary data, its tensors take {at}: each needs its binary_data_size");
        }
    }
}
