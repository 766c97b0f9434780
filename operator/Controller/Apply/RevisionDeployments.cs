using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Apply;

/// <summary>Makes the revisions' Deployments what the plan says.</summary>
internal sealed class RevisionDeployments(
    IKubernetesClient client, OwnedObjects objects, IEntityStore<Deployment> deployments, ControllerOptions options)
{
    public async Task ActAsync(ModelDeployment model, EffectiveSpec spec, DeploymentPlan plan, CancellationToken cancellationToken)
    {
        string name = RevisionDeployment.NameOf(model.Metadata.Name, plan.Revision);
        Deployment? current = deployments.Get(model.Metadata.Namespace, name);
        switch (plan.Action)
        {
            case DeploymentAction.Apply:
                await ApplyAsync(model, spec, plan, current, cancellationToken);
                break;
            case DeploymentAction.Scale when current is not null:
                await ScaleAsync(current, plan.Replicas, cancellationToken);
                break;
            case DeploymentAction.Delete when current is not null:
                await client.DeleteAsync(Resources.Deployments, model.Metadata.Namespace, name, cancellationToken, current.Metadata.Uid);
                break;
            default:
                // It is gone already.
                break;
        }
    }

    private async Task ApplyAsync(
        ModelDeployment model, EffectiveSpec spec, DeploymentPlan plan, Deployment? current, CancellationToken cancellationToken)
    {
        JsonObject intent = RevisionDeployment.Build(model, plan.Revision, plan.Replicas, spec, options.AllowedModelNetworks);
        string template = RevisionDeployment.TemplateHashOf(intent);
        if (current?.Metadata.Annotations?.GetValueOrDefault(RevisionDeployment.TemplateHashAnnotation) is { } made && made != template
            && current.Status?.ReadyReplicas > 0)
        {
            // Another version of the operator, or one set up differently, made it and would word its pods differently. Pods that serve are not
            // restarted for that; those that do not may have waited for it.
            await ScaleAsync(current, plan.Replicas, cancellationToken);
            return;
        }

        await objects.ApplyAsync(Resources.Deployments, intent, current, cancellationToken);
    }

    private async Task ScaleAsync(Deployment current, int replicas, CancellationToken cancellationToken)
    {
        if (current.Spec.Replicas == replicas)
        {
            return;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = current.Metadata.Uid },
            ["spec"] = new JsonObject { ["replicas"] = replicas },
        };
        await client.MergePatchAsync(Resources.Deployments, current.Metadata.Namespace, current.Metadata.Name, patch, cancellationToken);
    }
}
