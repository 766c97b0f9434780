using System.Text.Json.Serialization;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>JSON of the API types: camelCase names, enums by name, what is absent left out, times in UTC.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(StatusTimeConverter)])]
[JsonSerializable(typeof(ModelDeployment))]
[JsonSerializable(typeof(ModelDeploymentSpec))]
[JsonSerializable(typeof(ModelDeploymentStatus))]
[JsonSerializable(typeof(Condition))]
public sealed partial class ApiJsonContext : JsonSerializerContext;
