using System.Buffers.Binary;
using Google.Protobuf;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>The one gRPC message the benchmark sends, written field by field so that it does not depend on the code it measures.</summary>
internal static class GrpcMessage
{
    // Field numbers of ModelInferRequest and InferInputTensor in the protocol's grpc_predict_v2.proto.
    private const int ModelName = 1;
    private const int Inputs = 5;
    private const int RawInputContents = 7;
    private const int TensorName = 1;
    private const int TensorDataType = 2;
    private const int TensorShape = 3;

    public static byte[] ModelInfer(string model, InputTensor input)
    {
        byte[] tensor = Write(output =>
        {
            WriteString(output, TensorName, input.Name);
            WriteString(output, TensorDataType, input.DataType);
            WriteBytes(output, TensorShape, Write(shape => Array.ForEach(input.Shape, size => shape.WriteInt64(size))));
        });
        byte[] message = Write(output =>
        {
            WriteString(output, ModelName, model);
            WriteBytes(output, Inputs, tensor);
            WriteBytes(output, RawInputContents, input.Bytes());
        });
        byte[] frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream))
        {
            write(output);
        }

        return stream.ToArray();
    }

    private static void WriteString(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void WriteBytes(CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    }
}
