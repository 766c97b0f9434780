using System.Text.Json.Nodes;

namespace ModelOperator.Api.Tests;

/// <summary>Specs the tests start from.</summary>
internal static class Specs
{
    public const string RuntimeImage = "localhost/inference-runtime:dev";

    public static ModelDeploymentSpec Minimal() => new() { Model = new ModelSource { Uri = "https://models.example.com/digits.onnx" } };

    public static ModelDeployment Entity(Action<ModelDeployment>? change = null)
    {
        var entity = new ModelDeployment { Spec = Minimal() };
        entity.Metadata.Name = "digits";
        change?.Invoke(entity);
        return entity;
    }

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
