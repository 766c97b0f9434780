using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Serving;

/// <summary>Writes an output of the model as a tensor of the response.</summary>
internal static class OutputWriter
{
    public static void Write(Utf8JsonWriter writer, ResultTensor output)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, output.Name);
        writer.WriteString("datatype"u8, output.DataType.Name());
        writer.WriteStartArray("shape"u8);
        foreach (long dimension in output.Shape)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("data"u8);
        TensorWriter.WriteData(writer, output.DataType, output.Data);
        writer.WriteEndObject();
    }
}
