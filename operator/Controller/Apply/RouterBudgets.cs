using System.Text.Json.Nodes;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Apply;

/// <summary>Keeps the PodDisruptionBudget of the routers there, in the version that the server knows.</summary>
internal sealed class RouterBudgets(IKubernetesClient client)
{
    private volatile ResourceType<PodDisruptionBudget>? _type;

    public async Task ApplyAsync(JsonObject intent, CancellationToken cancellationToken)
    {
        if (_type is { } known)
        {
            await ApplyAsync(known, intent, cancellationToken);
            return;
        }

        try
        {
            await ApplyAsync(Resources.PodDisruptionBudgets, intent, cancellationToken);
            _type = Resources.PodDisruptionBudgets;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            await ApplyAsync(Resources.PodDisruptionBudgetsBeta, intent, cancellationToken);
            _type = Resources.PodDisruptionBudgetsBeta;
        }
    }

    private async Task ApplyAsync(ResourceType<PodDisruptionBudget> type, JsonObject intent, CancellationToken cancellationToken)
    {
        JsonNode metadata = intent["metadata"]!;
        PodDisruptionBudget? there = await client.GetAsync(
            type, (string?)metadata["namespace"], (string)metadata["name"]!, cancellationToken);
        // Somebody else's of that name says how their routers may be evicted.
        if (there is null || Owners.IsOurs(there))
        {
            await client.ApplyAsync(type, intent, OwnedObjects.FieldManager, cancellationToken);
        }
    }
}
