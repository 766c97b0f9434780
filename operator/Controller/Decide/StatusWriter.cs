using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Controller.Decide;

/// <summary>
/// Writes a status whole and only over the very version it was computed from: evidence, cursors and decisions are one write,
/// and what was computed from an older version is refused.
/// </summary>
internal sealed class StatusWriter(IKubernetesClient client, LatestModels latest, ControllerMetrics metrics)
{
    /// <summary>The object after the write; null when it has changed meanwhile, and the plan has to be made anew.</summary>
    public async Task<ModelDeployment?> WriteAsync(ModelDeployment model, ModelDeploymentStatus status, CancellationToken cancellationToken)
    {
        if (StatusCopy.AreEqual(model.Status, status))
        {
            return model;
        }

        var changed = new ModelDeployment
        {
            ApiVersion = model.ApiVersion,
            Kind = model.Kind,
            Metadata = model.Metadata,
            Spec = model.Spec,
            Status = status,
        };
        try
        {
            ModelDeployment written = await client.UpdateAsync(
                ModelDeploymentResource.Type, changed, cancellationToken, subresource: "status");
            latest.Remember(written);
            return written;
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            metrics.StatusConflict();
            if (await client.GetAsync(
                ModelDeploymentResource.Type, model.Metadata.Namespace, model.Metadata.Name, cancellationToken) is { } newer
                && newer.Metadata.Uid == model.Metadata.Uid)
            {
                latest.Remember(newer);
            }

            return null;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // Deleted meanwhile; the cache will say so.
            return null;
        }
    }
}
