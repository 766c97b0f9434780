using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Admit;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Decide;

/// <summary>Reads what a person orders from the annotations, and takes it off once the status says what became of it.</summary>
internal sealed class ControlOrders(IKubernetesClient client, LatestModels latest, OrderSigner signer, TimeProvider time)
{
    public ControlRequest? Read(ModelDeployment model)
    {
        if (model.Metadata.Annotations?.GetValueOrDefault(Labels.Control) is not { } order)
        {
            return null;
        }

        // One that is older than the last was copied from an earlier order.
        bool isPending = model.Status?.LastOrder is { Pending: true };
        return signer.Verify(model, order, model.Metadata.Annotations.GetValueOrDefault(Labels.ControlBy)) is { } giver
            && (isPending || !(giver.Time <= model.Status?.LastOrder?.Time))
                ? new ControlRequest(order, giver.Time, giver.User, giver.RequestId)
                : new ControlRequest(order, time.GetUtcNow());
    }

    /// <summary>Takes the order off, unless there is another one meanwhile.</summary>
    public async Task RemoveAsync(ModelDeployment model, ControlRequest? request, CancellationToken cancellationToken)
    {
        if (request is null)
        {
            return;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = model.Metadata.ResourceVersion,
                ["annotations"] = new JsonObject { [Labels.Control] = null, [Labels.ControlBy] = null },
            },
        };
        try
        {
            ModelDeployment without = await client.MergePatchAsync(
                ModelDeploymentResource.Type, model.Metadata.Namespace, model.Metadata.Name, patch, cancellationToken);
            latest.Remember(without);
        }
        catch (KubernetesException e) when (e.IsConflict || e.IsNotFound)
        {
            // The next reconcile sees what it has become.
        }
    }
}
