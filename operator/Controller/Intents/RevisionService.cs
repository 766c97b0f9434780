using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>The address of one revision's ready pods, past the routers: there while a Job of ours asks the revision directly.</summary>
internal static class RevisionService
{
    public static string NameOf(string model, string revision) => RevisionDeployment.NameOf(model, revision);

    /// <summary>The address for pods of the same namespace.</summary>
    public static string AddressOf(string model, string revision) => $"http://{NameOf(model, revision)}";

    public static JsonObject Build(ModelDeployment model, string revision) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject
        {
            ["name"] = NameOf(model.Metadata.Name, revision),
            ["namespace"] = model.Metadata.Namespace,
            ["labels"] = ObjectLabels.Revision(model.Metadata.Name, revision),
            ["ownerReferences"] = Owners.Controller(model),
        },
        ["spec"] = new JsonObject
        {
            ["selector"] = ObjectLabels.Revision(model.Metadata.Name, revision),
            ["ports"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "http",
                    ["protocol"] = "TCP",
                    ["port"] = 80,
                    ["targetPort"] = InferencePodTemplate.PortName,
                }),
        },
    };
}
