using System.Text.Json.Nodes;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Apply;

/// <summary>Applies what the operator makes, when it differs from what is there or has lost an owner.</summary>
internal sealed class OwnedObjects(IKubernetesClient client)
{
    /// <summary>The name under which the operator owns fields of what it makes.</summary>
    public const string FieldManager = "model-operator";

    private readonly Applier _applier = new(client, FieldManager);

    public Task ApplyAsync<T>(ResourceType<T> type, JsonObject intent, T? current, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        // Owners are metadata: no generation tells of their change.
        _applier.ApplyAsync(type, intent, current is not null && Owners.AreOn(current, intent) ? current : null, cancellationToken);
}
