using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Cli.Replay;

/// <summary>JSON of the output.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DecisionLine))]
[JsonSerializable(typeof(FinalLine))]
internal sealed partial class ReplayJson : JsonSerializerContext;

/// <summary>Writes lines with their signs as they are: they are for terminals and jq, not for web pages.</summary>
internal static class ReplayOutput
{
    private static readonly ReplayJson Json =
        new(new JsonSerializerOptions(ReplayJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(DecisionLine decision) => JsonSerializer.Serialize(decision, Json.DecisionLine);

    public static string Write(FinalLine final) => JsonSerializer.Serialize(final, Json.FinalLine);
}
