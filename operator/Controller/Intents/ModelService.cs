using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>The stable address of a model: a Service with its name that leads to the namespace's routers.</summary>
internal static class ModelService
{
    public static JsonObject Build(ModelDeployment model) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject
        {
            ["name"] = model.Metadata.Name,
            ["namespace"] = model.Metadata.Namespace,
            ["labels"] = ObjectLabels.Model(model.Metadata.Name),
            ["ownerReferences"] = Owners.Controller(model),
        },
        ["spec"] = new JsonObject
        {
            ["selector"] = ObjectLabels.RouterSelector(),
            ["ports"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = RouterNames.TrafficPort,
                    ["protocol"] = "TCP",
                    ["port"] = 80,
                    ["targetPort"] = RouterNames.TrafficPort,
                }),
        },
    };
}
