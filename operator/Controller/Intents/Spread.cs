using System.Text.Json.Nodes;

namespace ModelOperator.Controller.Intents;

/// <summary>Spreads pods over nodes and zones where there are several; never holds one back where there are not.</summary>
internal static class Spread
{
    public static JsonArray Over(JsonObject podLabels) =>
        new(Constraint("kubernetes.io/hostname", podLabels), Constraint("topology.kubernetes.io/zone", podLabels));

    private static JsonObject Constraint(string topologyKey, JsonObject podLabels) => new()
    {
        ["maxSkew"] = 1,
        ["topologyKey"] = topologyKey,
        ["whenUnsatisfiable"] = "ScheduleAnyway",
        ["labelSelector"] = new JsonObject { ["matchLabels"] = podLabels.DeepClone() },
    };
}
