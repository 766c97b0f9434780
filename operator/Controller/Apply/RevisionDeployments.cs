using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Apply;

/// <summary>Makes the revisions' Deployments what the plan says.</summary>
internal sealed class RevisionDeployments(IKubernetesClient client, OwnedObjects objects, ControllerOptions options)
{
    private const int MostRemembered = 10_000;

    // Pod templates this process has written, by the uid of their Deployment.
    private readonly ConcurrentDictionary<string, string> _written = new(StringComparer.Ordinal);

    /// <summary>Puts back labels and owners that somebody took off.</summary>
    public async Task MendAsync(ModelDeployment model, IReadOnlyList<Deployment> deployments, CancellationToken cancellationToken)
    {
        foreach (Deployment deployment in deployments.Where(deployment => deployment.Metadata.DeletionTimestamp is null))
        {
            string revision = RevisionDeployment.RevisionOf(model, deployment)!;
            await objects.MendAsync(
                model, Resources.Deployments, RevisionDeployment.Metadata(model, revision), deployment, cancellationToken);
        }
    }

    /// <summary>
    /// Has the pods of the revisions in use replaced that were there when a person asked for it, as kubectl rollout restart does.
    /// </summary>
    public async Task RestartAsync(ModelDeployment model, IReadOnlyList<Deployment> deployments, CancellationToken cancellationToken)
    {
        if (model.Status is not { RestartedAt: { } asked } status)
        {
            return;
        }

        string time = asked.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        foreach (Deployment deployment in deployments.Where(deployment =>
            deployment.Metadata.DeletionTimestamp is null
            && deployment.Metadata.CreationTimestamp < asked
            && deployment.Spec.Template?.Metadata?.Annotations?.GetValueOrDefault(Labels.RestartedAt) != time
            && RevisionDeployment.RevisionOf(model, deployment) is { } revision
            && (revision == status.StableRevision || revision == status.CanaryRevision)))
        {
            var annotations = new JsonObject { [Labels.RestartedAt] = time };
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = deployment.Metadata.Uid },
                ["spec"] = new JsonObject
                {
                    ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } },
                },
            };
            await client.MergePatchAsync(
                Resources.Deployments, deployment.Metadata.Namespace, deployment.Metadata.Name, patch, cancellationToken);
        }
    }

    /// <param name="model">The ModelDeployment.</param>
    /// <param name="deployments">The Deployments of its revisions.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="plan">What to do with one of them.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task ActAsync(
        ModelDeployment model, IReadOnlyList<Deployment> deployments, EffectiveSpec spec, DeploymentPlan plan,
        CancellationToken cancellationToken)
    {
        string name = RevisionDeployment.NameOf(model.Metadata.Name, plan.Revision);
        Deployment? current = deployments.FirstOrDefault(deployment => deployment.Metadata.Name == name);
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
            && current.Status?.ReadyReplicas > 0
            && _written.GetValueOrDefault(current.Metadata.Uid!) != template)
        {
            // Another version of the operator, or one set up differently, made it and would word its pods differently. Pods that serve are
            // not restarted for that; those that do not may have waited for it.
            await ScaleAsync(current, plan.Replicas, cancellationToken);
            return;
        }

        Deployment applied = await objects.ApplyAsync(model, Resources.Deployments, intent, current, cancellationToken);
        if (_written.Count >= MostRemembered)
        {
            _written.Clear();
        }

        _written[applied.Metadata.Uid!] = template;
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
