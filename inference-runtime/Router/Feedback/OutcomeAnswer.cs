using System.Text.Json.Serialization;

namespace ModelOperator.Router.Feedback;

/// <summary>What one router tells another of feedback.</summary>
/// <param name="Correct">Counted as right.</param>
/// <param name="Incorrect">Counted as wrong.</param>
/// <param name="Duplicate">Whether that was before.</param>
internal sealed record OutcomeAnswer(int Correct, int Incorrect, bool Duplicate);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OutcomeAnswer))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
