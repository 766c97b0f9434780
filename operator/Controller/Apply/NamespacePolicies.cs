using System.Text.Json.Nodes;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Apply;

/// <summary>Keeps a namespace's NetworkPolicies there, or away where the installation wants none.</summary>
internal sealed class NamespacePolicies(IKubernetesClient client, ControllerOptions options, ILogger<NamespacePolicies> logger)
{
    public async Task ApplyAsync(JsonObject intent, CancellationToken cancellationToken)
    {
        JsonNode metadata = intent["metadata"]!;
        (string? @namespace, string name) = ((string?)metadata["namespace"], (string)metadata["name"]!);
        try
        {
            await ApplyAsync(intent, @namespace, name, cancellationToken);
        }
        catch (KubernetesException e)
        {
            // A quota, or a cluster whose owner lets nobody else make them: rollouts go on.
            logger.PolicyNotApplied(@namespace, name, e.Message);
        }
    }

    private async Task ApplyAsync(JsonObject intent, string? @namespace, string name, CancellationToken cancellationToken)
    {
        NetworkPolicy? there = await client.GetAsync(Resources.NetworkPolicies, @namespace, name, cancellationToken);
        if (there is not null && !Owners.IsOurs(there))
        {
            // Somebody else's of that name says who may connect.
            return;
        }

        if (options.Monitoring is not null)
        {
            await client.ApplyAsync(Resources.NetworkPolicies, intent, OwnedObjects.FieldManager, cancellationToken);
        }
        else if (there is not null)
        {
            await client.DeleteAsync(Resources.NetworkPolicies, @namespace, name, cancellationToken, there.Metadata.Uid);
        }
    }
}
