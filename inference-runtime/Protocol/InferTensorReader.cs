using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads one tensor of "inputs" or "outputs". Its fields may come in any order.</summary>
internal static class InferTensorReader
{
    public static InferTensor Read(ref Utf8JsonReader reader, string list, int index, ProtocolLimits limits, long maxElements)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"{list}[{index}] must be a tensor object, not {JsonText.Describe(ref reader)}");
        }

        string label = $"{list}[{index}]";
        string? name = null;
        TensorDataType? type = null;
        long[]? shape = null;
        bool hasName = false, hasType = false, hasShape = false, hasData = false;
        Utf8JsonReader dataAt = default;
        bool dataWaits = false;
        TensorDataReader data = default;
        PooledBuffer buffer = new();
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("name"u8))
                {
                    InferRequestReader.Once(ref hasName, $"{label}.name");
                    reader.Read();
                    name = JsonText.Read(ref reader, $"{label}.name", limits.MaxNameLength);
                    label = $"{list[..^1]} '{name}'";
                }
                else if (reader.ValueTextEquals("datatype"u8))
                {
                    InferRequestReader.Once(ref hasType, $"{label}: datatype");
                    reader.Read();
                    type = ReadType(ref reader, label);
                }
                else if (reader.ValueTextEquals("shape"u8))
                {
                    InferRequestReader.Once(ref hasShape, $"{label}: shape");
                    reader.Read();
                    shape = ReadShape(ref reader, label, limits);
                }
                else if (reader.ValueTextEquals("data"u8))
                {
                    InferRequestReader.Once(ref hasData, $"{label}: data");
                    reader.Read();
                    if (type is { } known)
                    {
                        data = new TensorDataReader(label, known, limits, maxElements);
                        data.Read(ref reader, buffer);
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
                    ParametersReader.Read(ref reader, $"{label}: parameters");
                }
                else
                {
                    reader.Skip();
                }
            }

            if (name is null || type is not { } dataType || shape is null || !hasData)
            {
                string missing = name is null ? "name" : type is null ? "datatype" : shape is null ? "shape" : "data";
                throw new ProtocolException($"{label}: {missing} is missing");
            }

            if (dataWaits)
            {
                data = new TensorDataReader(label, dataType, limits, maxElements);
                data.Read(ref dataAt, buffer);
            }

            CheckShape(label, shape, in data, limits);
            return new InferTensor(name, dataType, shape, data.ElementCount, buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static TensorDataType ReadType(ref Utf8JsonReader reader, string label)
    {
        string name = JsonText.Read(ref reader, $"{label}: datatype", 16);
        return TensorDataTypes.TryParse(name, out TensorDataType type)
            ? type
            : throw new ProtocolException($"{label}: datatype '{name}' is unknown, expected one of {TensorDataTypes.AllNames}");
    }

    private static long[] ReadShape(ref Utf8JsonReader reader, string label, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"{label}: shape must be a list of whole numbers, not {JsonText.Describe(ref reader)}");
        }

        List<long> shape = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (shape.Count == limits.MaxRank)
            {
                throw new ProtocolException($"{label}: shape has more than {limits.MaxRank} dimensions, the limit");
            }

            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long dimension) || dimension < 0)
            {
                throw new ProtocolException(
                    $"{label}: dimension {shape.Count} of shape is {JsonText.Describe(ref reader)}, expected a whole number from 0");
            }

            shape.Add(dimension);
        }

        return [.. shape];
    }

    private static void CheckShape(string label, long[] shape, in TensorDataReader data, ProtocolLimits limits)
    {
        if (!Shapes.TryCount(shape, limits.MaxElements, out long count))
        {
            throw new ProtocolException(413, $"{label}: shape {Shapes.Format(shape)} has more than {limits.MaxElements} values, the limit");
        }

        if (count != data.ElementCount)
        {
            throw new ProtocolException(
                $"{label}: shape {Shapes.Format(shape)} needs {count} values, data has {data.ElementCount}");
        }

        if (data.Nesting > 1 && count > 0 && !data.NestedShape.AsSpan().SequenceEqual(shape))
        {
            throw new ProtocolException(
                $"{label}: data is nested as {Shapes.Format(data.NestedShape)}, expected a flat list or lists nested as shape {Shapes.Format(shape)}");
        }
    }
}
