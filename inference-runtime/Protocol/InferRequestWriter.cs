using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Writes infer requests, as a client does.</summary>
public static class InferRequestWriter
{
    public static void Write(Utf8JsonWriter writer, string? id, IEnumerable<InferTensor> inputs)
    {
        writer.WriteStartObject();
        if (id is not null)
        {
            writer.WriteString("id"u8, id);
        }

        writer.WriteStartArray("inputs"u8);
        foreach (InferTensor input in inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, input.Name);
            writer.WriteStartArray("shape"u8);
            foreach (long dimension in input.Shape)
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            writer.WriteString("datatype"u8, input.DataType.Name());
            writer.WritePropertyName("data"u8);
            TensorWriter.WriteData(writer, input.DataType, input.Data.Span);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
