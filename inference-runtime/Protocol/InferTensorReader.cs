using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads one tensor of "inputs" or "outputs". Its fields may come in any order.</summary>
internal static class InferTensorReader
{
    private const int MaxStackRank = 64;

    public static InferTensor Read(ref JsonCursor cursor, TensorLabel label, ProtocolLimits limits, long maxElements)
    {
        ref Utf8JsonReader reader = ref cursor.Reader;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"{label} must be a tensor object, not {JsonText.Describe(ref reader)}");
        }

        string? name = null;
        TensorDataType? type = null;
        long[]? shape = null;
        int? binarySize = null;
        Utf8JsonReader dataAt = default;
        bool hasData = false, dataWaits = false;
        InferTensor tensor = new();
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("name"u8))
                {
                    Once(name is not null, label, ".name");
                    reader.Read();
                    name = JsonText.Read(ref reader, label, ".name", limits.MaxNameLength);
                    label = label.Named(name);
                }
                else if (reader.ValueTextEquals("shape"u8))
                {
                    Once(shape is not null, label, ": shape");
                    reader.Read();
                    shape = ReadShape(ref reader, label, limits);
                }
                else if (reader.ValueTextEquals("datatype"u8))
                {
                    Once(type is not null, label, ": datatype");
                    reader.Read();
                    type = ReadType(ref reader, label);
                }
                else if (reader.ValueTextEquals("data"u8))
                {
                    Once(hasData, label, ": data");
                    reader.Read();
                    // Clients that write every field send null beside binary data.
                    hasData = reader.TokenType != JsonTokenType.Null;
                    if (!hasData)
                    {
                        continue;
                    }

                    if (type is { } known && shape is not null)
                    {
                        ReadData(ref cursor, label, known, shape, tensor.Buffer, limits, maxElements);
                    }
                    else
                    {
                        // How to read it is known only further on.
                        dataAt = reader;
                        dataWaits = true;
                        reader.Skip();
                    }
                }
                else if (reader.ValueTextEquals("parameters"u8))
                {
                    reader.Read();
                    binarySize = ParametersReader.ReadOfTensor(ref reader, label);
                }
                else
                {
                    reader.Skip();
                }
            }

            if (name is null || type is not { } dataType || shape is null || hasData == binarySize is not null)
            {
                throw Incomplete(label, name, type, shape, hasData);
            }

            if (binarySize is { } size)
            {
                tensor.Describe(name, dataType, shape, Count(label, shape, limits, maxElements), size);
                return tensor;
            }

            if (dataWaits)
            {
                new TensorDataReader(label, dataType, limits, maxElements).Read(ref dataAt, tensor.Buffer, shape);
            }

            tensor.Describe(name, dataType, shape, Shapes.Count(shape));
            tensor.BindBuffer();
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static void ReadData(
        ref JsonCursor cursor, TensorLabel label, TensorDataType type, long[] shape, PooledBuffer data,
        ProtocolLimits limits, long maxElements)
    {
        if (type == TensorDataType.Fp32 && Shapes.TryCount(shape, maxElements, out long count) && cursor.TryReadFloats(count, data))
        {
            return;
        }

        new TensorDataReader(label, type, limits, maxElements).Read(ref cursor.Reader, data, shape);
    }

    private static TensorDataType ReadType(ref Utf8JsonReader reader, TensorLabel label)
    {
        if (reader.TokenType == JsonTokenType.String && TensorDataTypes.TryParse(reader.ValueSpan, out TensorDataType type))
        {
            return type;
        }

        string name = JsonText.Read(ref reader, label, ": datatype", 16);
        return TensorDataTypes.TryParse(name, out type)
            ? type
            : throw new ProtocolException($"{label}: datatype '{name}' is unknown, expected one of {TensorDataTypes.AllNames}");
    }

    private static long[] ReadShape(ref Utf8JsonReader reader, TensorLabel label, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"{label}: shape must be a list of whole numbers, not {JsonText.Describe(ref reader)}");
        }

        Span<long> shape = limits.MaxRank <= MaxStackRank ? stackalloc long[limits.MaxRank] : new long[limits.MaxRank];
        int rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rank == limits.MaxRank)
            {
                throw new ProtocolException($"{label}: shape has more than {limits.MaxRank} dimensions, the limit");
            }

            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long dimension) || dimension < 0)
            {
                throw new ProtocolException(
                    $"{label}: dimension {rank} of shape is {JsonText.Describe(ref reader)}, expected a whole number from 0");
            }

            shape[rank++] = dimension;
        }

        return shape[..rank].ToArray();
    }

    private static long Count(TensorLabel label, long[] shape, ProtocolLimits limits, long maxElements) =>
        Shapes.TryCount(shape, maxElements, out long count)
            ? count
            : throw new ProtocolException(
                413, $"{label}: shape {Shapes.Format(shape)} takes the request over {limits.MaxElements} values, the limit");

    private static void Once(bool given, TensorLabel label, string field)
    {
        if (given)
        {
            throw new ProtocolException($"{label}{field} is given twice");
        }
    }

    private static ProtocolException Incomplete(TensorLabel label, string? name, TensorDataType? type, long[]? shape, bool hasData)
    {
        string? missing = name is null ? "name" : type is null ? "datatype" : shape is null ? "shape" : null;
        return new ProtocolException(missing is not null ? $"{label}: {missing} is missing"
            : hasData ? $"{label}: data and binary_data_size are both given, expected one of them"
            : $"{label}: data is missing");
    }
}
