using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>
/// Lets the routers of all namespaces ask the API server whose a token is and what its subject may do: the only right of theirs that no
/// RoleBinding can give. Without it they refuse feedback that names its revision, and nothing else.
/// </summary>
internal sealed class RouterReviews(IKubernetesClient client, IEntityStore<ModelDeployment> models, ILogger<RouterReviews> logger)
{
    public async Task ApplyAsync(string @namespace, CancellationToken cancellationToken)
    {
        try
        {
            await client.ApplyAsync(
                Resources.ClusterRoleBindings,
                Intent(models.List().Select(model => model.Metadata.Namespace!).Append(@namespace)),
                OwnedObjects.FieldManager,
                cancellationToken);
        }
        catch (KubernetesException e)
        {
            // An installation without the right to: rollouts go on.
            logger.ReviewsNotGranted(RouterNames.Reviews, e.Message);
        }
    }

    internal static JsonObject Intent(IEnumerable<string> namespaces) => new()
    {
        ["apiVersion"] = "rbac.authorization.k8s.io/v1",
        ["kind"] = "ClusterRoleBinding",
        ["metadata"] = new JsonObject { ["name"] = RouterNames.Reviews },
        ["roleRef"] =
            new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = RouterNames.Reviews },
        ["subjects"] = new JsonArray(
        [
            .. namespaces.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(@namespace => new JsonObject
            {
                ["kind"] = "ServiceAccount",
                ["name"] = RouterNames.Router,
                ["namespace"] = @namespace,
            }),
        ]),
    };
}
