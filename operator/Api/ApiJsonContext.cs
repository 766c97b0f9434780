using System.Text.Json.Serialization;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// JSON of the API types: camelCase names, enums by name, what is absent left out, times in UTC. A name of an enum that is not known makes
/// nothing unreadable: validation refuses it in a spec, and a status that another version of the operator wrote may have it.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(StatusTimeConverter),
        typeof(LenientEnumConverter<AcceleratorKind>),
        typeof(LenientEnumConverter<BatchingMode>),
        typeof(LenientEnumConverter<ClientIdPolicy>),
        typeof(LenientEnumConverter<EvaluationState>),
        typeof(LenientEnumConverter<ExecutionProvider>),
        typeof(LenientEnumConverter<FeedbackKind>),
        typeof(LenientEnumConverter<GuardrailType>),
        typeof(LenientEnumConverter<HarmAction>),
        typeof(LenientEnumConverter<InconclusiveAction>),
        typeof(LenientEnumConverter<MetricDirection>),
        typeof(LenientEnumConverter<ModelPrecision>),
        typeof(LenientEnumConverter<OrderOutcome>),
        typeof(LenientEnumConverter<RolloutOrderKind>),
        typeof(LenientEnumConverter<RolloutPhase>),
    ])]
[JsonSerializable(typeof(ModelDeployment))]
[JsonSerializable(typeof(ModelDeploymentSpec))]
[JsonSerializable(typeof(ModelDeploymentStatus))]
[JsonSerializable(typeof(Condition))]
public sealed partial class ApiJsonContext : JsonSerializerContext;
