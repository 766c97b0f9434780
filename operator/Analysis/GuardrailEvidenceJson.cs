using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>The JSON of <see cref="GuardrailEvidence"/>: exact, numbers in their shortest form that reads back as the same bits.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GuardrailEvidence))]
public sealed partial class GuardrailEvidenceJson : JsonSerializerContext
{
    /// <summary>Writes evidence.</summary>
    public static string Write(GuardrailEvidence evidence) => JsonSerializer.Serialize(evidence, Default.GuardrailEvidence);

    /// <summary>Reads evidence; null when the text is not such.</summary>
    public static GuardrailEvidence? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, Default.GuardrailEvidence);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
