using System.Text.Json.Nodes;

namespace ModelOperator.Controller.Intents;

/// <summary>What a container asks for that fetches a model or evaluates one. It has limits: a quota may ask for them.</summary>
internal static class HelperResources
{
    public static JsonObject Build() => new()
    {
        ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "256Mi" },
        ["limits"] = new JsonObject { ["cpu"] = "2", ["memory"] = "2Gi" },
    };
}
