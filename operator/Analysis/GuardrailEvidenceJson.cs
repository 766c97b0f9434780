using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ModelOperator.Analysis;

/// <summary>The JSON of evidence: exact, numbers in a form that reads back as the same bits.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GuardrailEvidence))]
[JsonSerializable(typeof(MeanEvidence))]
[JsonSerializable(typeof(PairedEvidence))]
[JsonSerializable(typeof(SplitEvidence))]
public sealed partial class GuardrailEvidenceJson : JsonSerializerContext
{
    /// <summary>Writes evidence from counts.</summary>
    public static string Write(GuardrailEvidence evidence) => JsonSerializer.Serialize(evidence, Default.GuardrailEvidence);

    /// <summary>Writes evidence from means.</summary>
    public static string Write(MeanEvidence evidence) => JsonSerializer.Serialize(evidence, Default.MeanEvidence);

    /// <summary>Writes evidence from pairs.</summary>
    public static string Write(PairedEvidence evidence) => JsonSerializer.Serialize(evidence, Default.PairedEvidence);

    /// <summary>Writes evidence on the split of requests.</summary>
    public static string Write(SplitEvidence evidence) => JsonSerializer.Serialize(evidence, Default.SplitEvidence);

    /// <summary>Reads evidence from counts; null when the text is not such.</summary>
    public static GuardrailEvidence? Read(string? text) =>
        Read(text, Default.GuardrailEvidence) is { IsWhole: true } evidence ? evidence : null;

    /// <summary>Reads evidence from means; null when the text is not such.</summary>
    public static MeanEvidence? ReadMean(string? text) => Read(text, Default.MeanEvidence) is { IsWhole: true } evidence ? evidence : null;

    /// <summary>Reads evidence from pairs; null when the text is not such.</summary>
    public static PairedEvidence? ReadPaired(string? text) =>
        Read(text, Default.PairedEvidence) is { IsWhole: true } evidence ? evidence : null;

    /// <summary>Reads evidence on the split of requests; null when the text is not such.</summary>
    public static SplitEvidence? ReadSplit(string? text) =>
        Read(text, Default.SplitEvidence) is { IsWhole: true } evidence ? evidence : null;

    private static T? Read<T>(string? text, JsonTypeInfo<T> type)
        where T : class
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
