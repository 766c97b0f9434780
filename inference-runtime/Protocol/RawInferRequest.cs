using System.Buffers;
using System.Buffers.Binary;

namespace ModelOperator.Protocol;

/// <summary>Requests of the binary tensor extension without JSON: all there is is the data of the model's one input.</summary>
public static class RawInferRequest
{
    /// <summary>A request whose outputs are all binary.</summary>
    /// <param name="name">The input.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Its shape, which the length of the data fits; of <see cref="TensorDataType.Bytes"/> one element.</param>
    /// <param name="data">The elements, which the request may be a view of; of <see cref="TensorDataType.Bytes"/> the text without its
    /// length.</param>
    /// <param name="limits">What the request may hold.</param>
    public static InferRequest Of(string name, TensorDataType type, ReadOnlySpan<long> shape, Memory<byte> data, ProtocolLimits limits)
    {
        InferRequest request = new();
        try
        {
            request.Parameters.BinaryDataOutput = true;
            TensorLabel label = new("inputs", 0, name);
            long count = Shapes.TryCount(shape, limits.MaxElements, out long elements)
                ? elements
                : throw new ProtocolException(413, $"the body has more values than the {limits.MaxElements} that a request may have");
            InferTensor tensor = new();
            request.Inputs.Add(tensor);
            tensor.Describe(name, type, shape.ToArray(), count);
            if (type == TensorDataType.Bytes)
            {
                BinaryPrimitives.WriteInt32LittleEndian(tensor.Buffer.GetSpan(sizeof(int)), data.Length);
                tensor.Buffer.Advance(sizeof(int));
                tensor.Buffer.Write(data.Span);
                tensor.BindBuffer();
                return request;
            }

            RawData.Check(label, "the length of the body", tensor, data.Span);
            RawData.Bind(tensor, data);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
