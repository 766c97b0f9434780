using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// A response whose outputs are in typed contents, for people who read them; all of it is raw if one of them has no such field.
/// </summary>
internal static class TypedResponse
{
    public static ModelInferResponse Create(ServedModel model, string? id, ResponseOutputs outputs)
    {
        ModelInferResponse response = new() { ModelName = model.Name, ModelVersion = model.Version, Id = id ?? "" };
        bool typed = true;
        for (int i = 0; i < outputs.Count; i++)
        {
            response.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = outputs.Name(i),
                Datatype = outputs.DataType(i).Name(),
                Shape = { outputs.Shape(i).ToArray() },
            });
            typed &= outputs.DataType(i) is not (TensorDataType.Fp16 or TensorDataType.Bf16);
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            if (typed)
            {
                response.Outputs[i].Contents = Contents(outputs.DataType(i), outputs.Data(i));
            }
            else
            {
                response.RawOutputContents.Add(ByteString.CopyFrom(outputs.Data(i)));
            }
        }

        return response;
    }

    private static InferTensorContents Contents(TensorDataType type, ReadOnlySpan<byte> data)
    {
        InferTensorContents contents = new();
        switch (type)
        {
            case TensorDataType.Bool: contents.BoolContents.AddRange(Select(data, b => b != 0)); break;
            case TensorDataType.Int8: contents.IntContents.AddRange(Select(MemoryMarshal.Cast<byte, sbyte>(data), v => (int)v)); break;
            case TensorDataType.Int16: contents.IntContents.AddRange(Select(MemoryMarshal.Cast<byte, short>(data), v => (int)v)); break;
            case TensorDataType.Int32: contents.IntContents.AddRange(Select(MemoryMarshal.Cast<byte, int>(data), v => v)); break;
            case TensorDataType.Int64: contents.Int64Contents.AddRange(Select(MemoryMarshal.Cast<byte, long>(data), v => v)); break;
            case TensorDataType.UInt8: contents.UintContents.AddRange(Select(data, v => (uint)v)); break;
            case TensorDataType.UInt16: contents.UintContents.AddRange(Select(MemoryMarshal.Cast<byte, ushort>(data), v => (uint)v)); break;
            case TensorDataType.UInt32: contents.UintContents.AddRange(Select(MemoryMarshal.Cast<byte, uint>(data), v => v)); break;
            case TensorDataType.UInt64: contents.Uint64Contents.AddRange(Select(MemoryMarshal.Cast<byte, ulong>(data), v => v)); break;
            case TensorDataType.Fp32: contents.Fp32Contents.AddRange(Select(MemoryMarshal.Cast<byte, float>(data), v => v)); break;
            case TensorDataType.Fp64: contents.Fp64Contents.AddRange(Select(MemoryMarshal.Cast<byte, double>(data), v => v)); break;
            default: AddTexts(contents, data); break;
        }

        return contents;
    }

    private static TResult[] Select<T, TResult>(ReadOnlySpan<T> values, Func<T, TResult> convert)
    {
        TResult[] results = new TResult[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            results[i] = convert(values[i]);
        }

        return results;
    }

    private static void AddTexts(InferTensorContents contents, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data);
            contents.BytesContents.Add(ByteString.CopyFrom(data.Slice(sizeof(int), length)));
            data = data[(sizeof(int) + length)..];
        }
    }
}
