using System.Net;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>Gives revisions an address of their own while a Job of ours asks them directly, and takes it away afterwards.</summary>
internal sealed class RevisionServices(IKubernetesClient client, OwnedObjects objects, IEntityStore<Service> services)
{
    /// <summary>
    /// Makes the Services of these revisions and removes those of others. One sentence when one cannot be had; null when all are there.
    /// </summary>
    public async Task<string?> ActAsync(ModelDeployment model, IReadOnlyCollection<string> revisions, CancellationToken cancellationToken)
    {
        foreach (Service old in services.List(model.Metadata.Namespace).Where(old => Owners.Owns(model, old)
            && old.Metadata.DeletionTimestamp is null
            && old.Metadata.Labels?.GetValueOrDefault(Labels.Revision) is { } revision
            && !revisions.Contains(revision)))
        {
            await client.DeleteAsync(Resources.Services, old.Metadata.Namespace, old.Metadata.Name, cancellationToken, old.Metadata.Uid);
        }

        string? problem = null;
        foreach (string revision in revisions)
        {
            problem = await ServeAsync(model, revision, cancellationToken) ?? problem;
        }

        return problem;
    }

    private async Task<string?> ServeAsync(ModelDeployment model, string revision, CancellationToken cancellationToken)
    {
        string name = RevisionService.NameOf(model.Metadata.Name, revision);
        // The cache may not have heard yet of what we made, and never hears of what is somebody else's.
        Service? current = services.Get(model.Metadata.Namespace, name)
            ?? await client.GetAsync(Resources.Services, model.Metadata.Namespace, name, cancellationToken);
        if (current is not null && !Owners.Owns(model, current))
        {
            return $"Service {name} exists and is not this ModelDeployment's: rename or delete it";
        }

        try
        {
            await objects.ApplyAsync(model, Resources.Services, RevisionService.Build(model, revision), current, cancellationToken);
            return null;
        }
        catch (KubernetesException e) when (
            e.StatusCode is HttpStatusCode.BadRequest
                or HttpStatusCode.Forbidden
                or HttpStatusCode.UnprocessableEntity
                or HttpStatusCode.InternalServerError)
        {
            return $"Service {name} is refused: {StatusLimits.Shorten(e.Message, 512)}";
        }
    }
}
