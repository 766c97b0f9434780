using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Observe;

/// <summary>apiextensions.k8s.io/v1 CustomResourceDefinition, as far as it is read.</summary>
internal sealed class CustomResourceDefinition : KubernetesObject, ISpec<CustomResourceDefinitionSpec>
{
    public static ResourceType<CustomResourceDefinition> Type { get; } = new(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        Namespaced: false,
        DefinitionJsonContext.Default.CustomResourceDefinition);

    public CustomResourceDefinitionSpec Spec { get; set; } = new();
}

internal sealed class CustomResourceDefinitionSpec
{
    public List<CustomResourceDefinitionVersion> Versions { get; set; } = [];
}

internal sealed class CustomResourceDefinitionVersion
{
    public string Name { get; set; } = "";
    public CustomResourceValidation? Schema { get; set; }
}

internal sealed class CustomResourceValidation
{
    [JsonPropertyName("openAPIV3Schema")]
    public JsonElement OpenApiSchema { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CustomResourceDefinition))]
internal sealed partial class DefinitionJsonContext : JsonSerializerContext;
