using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>What a model says of one of its inputs or outputs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Type of its elements.</param>
/// <param name="Shape">Its dimensions, -1 where any length will do; empty when the model does not say.</param>
/// <param name="Symbols">Names of the open dimensions; those of one name have one length in a request. Empty where there is none.</param>
internal sealed record TensorSpec(string Name, TensorDataType DataType, long[] Shape, string[] Symbols)
{
    /// <summary>The spec of a tensor of a model; null when this server cannot carry it.</summary>
    public static TensorSpec? Of(string name, NodeMetadata metadata)
    {
        if (metadata.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR || ElementTypes.ToProtocol(metadata.ElementDataType) is not { } type)
        {
            return null;
        }

        long[] shape = [.. metadata.Dimensions.Select(d => d < 0 ? -1L : d)];
        return new TensorSpec(name, type, shape, metadata.SymbolicDimensions ?? new string[shape.Length]);
    }

    /// <summary>The spec as a server tells it; null when the element type is none of the protocol.</summary>
    public static TensorSpec? Of(TensorMetadata metadata) =>
        TensorDataTypes.TryParse(metadata.Datatype, out TensorDataType type)
            ? new TensorSpec(metadata.Name, type, [.. metadata.Shape], new string[metadata.Shape.Count])
            : null;

    public TensorMetadata ToMetadata() => new() { Name = Name, Datatype = DataType.Name(), Shape = Shape };

    /// <summary>The shape in words: [batch, 64].</summary>
    public string Describe() =>
        $"[{string.Join(", ", Shape.Select((d, i) => d >= 0 ? d.ToString() : string.IsNullOrEmpty(Symbols[i]) ? "any" : Symbols[i]))}]";
}

/// <summary>ONNX Runtime's element types and the protocol's.</summary>
internal static class ElementTypes
{
    public static TensorDataType? ToProtocol(TensorElementType type) => type switch
    {
        TensorElementType.Bool => TensorDataType.Bool,
        TensorElementType.UInt8 => TensorDataType.UInt8,
        TensorElementType.UInt16 => TensorDataType.UInt16,
        TensorElementType.UInt32 => TensorDataType.UInt32,
        TensorElementType.UInt64 => TensorDataType.UInt64,
        TensorElementType.Int8 => TensorDataType.Int8,
        TensorElementType.Int16 => TensorDataType.Int16,
        TensorElementType.Int32 => TensorDataType.Int32,
        TensorElementType.Int64 => TensorDataType.Int64,
        TensorElementType.Float16 => TensorDataType.Fp16,
        TensorElementType.Float => TensorDataType.Fp32,
        TensorElementType.Double => TensorDataType.Fp64,
        TensorElementType.BFloat16 => TensorDataType.Bf16,
        TensorElementType.String => TensorDataType.Bytes,
        _ => null,
    };

    public static TensorElementType ToOnnx(TensorDataType type) => type switch
    {
        TensorDataType.Bool => TensorElementType.Bool,
        TensorDataType.UInt8 => TensorElementType.UInt8,
        TensorDataType.UInt16 => TensorElementType.UInt16,
        TensorDataType.UInt32 => TensorElementType.UInt32,
        TensorDataType.UInt64 => TensorElementType.UInt64,
        TensorDataType.Int8 => TensorElementType.Int8,
        TensorDataType.Int16 => TensorElementType.Int16,
        TensorDataType.Int32 => TensorElementType.Int32,
        TensorDataType.Int64 => TensorElementType.Int64,
        TensorDataType.Fp16 => TensorElementType.Float16,
        TensorDataType.Fp32 => TensorElementType.Float,
        TensorDataType.Fp64 => TensorElementType.Double,
        TensorDataType.Bf16 => TensorElementType.BFloat16,
        _ => TensorElementType.String,
    };
}
