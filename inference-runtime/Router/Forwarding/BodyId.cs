using System.Text.Json;

namespace ModelOperator.Router.Forwarding;

/// <summary>Finds the request id a client put in an infer body.</summary>
internal static class BodyId
{
    /// <summary>
    /// The string member "id" of the JSON object, or null: also when the JSON is broken, which the model server says better.
    /// </summary>
    /// <param name="json">The body or its beginning.</param>
    /// <param name="complete">False when more follows than is given.</param>
    public static string? Find(ReadOnlySpan<byte> json, bool complete)
    {
        try
        {
            var reader = new Utf8JsonReader(json, complete, default);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = reader.ValueTextEquals("id"u8);
                if (isId)
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                if (!reader.TrySkip())
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }
}
