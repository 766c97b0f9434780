using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>Keeps the routers of a namespace from being evicted all at once: with them would go every request.</summary>
internal static class RouterBudget
{
    public static JsonObject Build(string @namespace, IEnumerable<ModelDeployment> owners) => new()
    {
        ["kind"] = "PodDisruptionBudget",
        ["metadata"] = RouterAccess.Metadata(@namespace, owners),
        ["spec"] = new JsonObject
        {
            // Not minAvailable: a single router must not hold up the drain of its node for ever.
            ["maxUnavailable"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = ObjectLabels.RouterSelector() },
        },
    };
}
