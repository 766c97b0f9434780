using System.Text.Json.Nodes;
using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>The router's identity in a namespace and its right to read ModelDeployments and pods there.</summary>
internal static class RouterAccess
{
    public static JsonObject ServiceAccount(string @namespace, IEnumerable<ModelDeployment> owners) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ServiceAccount",
        ["metadata"] = Metadata(@namespace, owners),
    };

    public static JsonObject RoleBinding(string @namespace, IEnumerable<ModelDeployment> owners) => new()
    {
        ["apiVersion"] = "rbac.authorization.k8s.io/v1",
        ["kind"] = "RoleBinding",
        ["metadata"] = Metadata(@namespace, owners),
        ["roleRef"] = new JsonObject
        {
            ["apiGroup"] = "rbac.authorization.k8s.io",
            ["kind"] = "ClusterRole",
            ["name"] = RouterNames.Router,
        },
        ["subjects"] = new JsonArray(
            new JsonObject
            {
                ["kind"] = "ServiceAccount",
                ["name"] = RouterNames.Router,
                ["namespace"] = @namespace,
            }),
    };

    internal static JsonObject Metadata(string @namespace, IEnumerable<ModelDeployment> owners) => new()
    {
        ["name"] = RouterNames.Router,
        ["namespace"] = @namespace,
        ["labels"] = ObjectLabels.Router(),
        ["ownerReferences"] = Owners.Shared(owners),
    };
}
