using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary>Writes an output of the model as a tensor of the response.</summary>
internal static class OutputWriter
{
    public static void Write(Utf8JsonWriter writer, string name, OrtValue value, OrtTensorTypeAndShapeInfo info)
    {
        TensorDataType type = ElementTypes.ToProtocol(info.ElementDataType)
            ?? throw new InvalidOperationException($"output '{name}' came as {info.ElementDataType}");
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("datatype"u8, type.Name());
        writer.WriteStartArray("shape"u8);
        foreach (long dimension in info.Shape)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("data"u8);
        if (type == TensorDataType.Bytes)
        {
            writer.WriteStartArray();
            for (int i = 0; i < info.ElementCount; i++)
            {
                writer.WriteStringValue(value.GetStringElementAsSpan(i));
            }

            writer.WriteEndArray();
        }
        else
        {
            TensorWriter.WriteData(writer, type, info.ElementCount == 0 ? [] : value.GetTensorMutableRawData());
        }

        writer.WriteEndObject();
    }
}
