using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Apply;

/// <summary>Makes the Jobs of evaluations, and removes those that none needs any more.</summary>
internal sealed class EvaluationJobs(
    IKubernetesClient client,
    OwnedObjects objects,
    IEntityStore<Job> jobs,
    IEntityStore<Pod> pods,
    EvaluationObserver observer,
    ControllerOptions options)
{
    /// <summary>Makes what the evaluation needs, and removes what none needs any more.</summary>
    /// <param name="model">The model with the status just written.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="plan">The evaluation that shall run; null when none shall.</param>
    /// <param name="unserved">Why the revisions cannot be asked; null when they can.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task ActAsync(
        ModelDeployment model, EffectiveSpec spec, EvaluationPlan? plan, string? unserved, CancellationToken cancellationToken)
    {
        if (plan is null)
        {
            observer.Accept(model);
            await RemoveAsync(model, except: null, cancellationToken);
            return;
        }

        if (unserved is not null)
        {
            observer.Refuse(model, unserved);
            return;
        }

        try
        {
            JsonObject intent = EvaluationJob.Build(model, plan, spec, options.RuntimeImage, options.AllowedModelNetworks);
            await RunAsync(model, intent, cancellationToken);
            await RemoveAsync(model, EvaluationJob.NameOf(intent), cancellationToken);
            observer.Accept(model);
        }
        catch (ForeignObjectException e)
        {
            observer.Refuse(model, e.Message);
        }
        catch (KubernetesException e) when (
            e.StatusCode is HttpStatusCode.BadRequest
                or HttpStatusCode.Forbidden
                or HttpStatusCode.UnprocessableEntity
                or HttpStatusCode.InternalServerError)
        {
            observer.Refuse(model, $"its Job is refused: {StatusLimits.Shorten(e.Message, StatusLimits.Message / 2)}");
        }
    }

    private async Task RunAsync(ModelDeployment model, JsonObject intent, CancellationToken cancellationToken)
    {
        Job? current = await FindAsync(model, EvaluationJob.NameOf(intent), cancellationToken);
        if (current is null)
        {
            await objects.ApplyAsync(model, Resources.Jobs, intent, null, cancellationToken);
            return;
        }

        await objects.MendAsync(model, Resources.Jobs, (JsonObject)intent["metadata"]!, current, cancellationToken);
        if (!current.IsComplete
            && current.Failure is null
            && EvaluationResult.Read(current, pods.OwnedBy(current.Metadata.Uid!)).EndedAt is not null)
        {
            await StopAsync(current, cancellationToken);
        }
    }

    // It has failed for a reason that another try would meet as well.
    private async Task StopAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Spec.Parallelism != 0)
        {
            var patch = new JsonObject { ["spec"] = new JsonObject { ["parallelism"] = 0 } };
            await client.MergePatchAsync(Resources.Jobs, job.Metadata.Namespace, job.Metadata.Name, patch, cancellationToken);
        }
    }

    private async Task RemoveAsync(ModelDeployment model, string? except, CancellationToken cancellationToken)
    {
        foreach (Job old in jobs.List(model.Metadata.Namespace)
            .Where(old => Owners.Owns(model, old) && old.Metadata.DeletionTimestamp is null
                && old.Metadata.Labels?.GetValueOrDefault(Labels.Component) == Labels.EvaluationComponent && old.Metadata.Name != except))
        {
            await client.DeleteAsync(Resources.Jobs, old.Metadata.Namespace, old.Metadata.Name, cancellationToken, old.Metadata.Uid);
        }
    }

    /// <summary>The Job of a name; one that is somebody else's is never taken over.</summary>
    private async Task<Job?> FindAsync(ModelDeployment model, string name, CancellationToken cancellationToken)
    {
        // The cache may not have heard yet of what we made, and never hears of what is somebody else's.
        Job? found = jobs.Get(model.Metadata.Namespace, name)
            ?? await client.GetAsync(Resources.Jobs, model.Metadata.Namespace, name, cancellationToken);
        return found is null || Owners.Owns(model, found)
            ? found
            : throw new ForeignObjectException($"Job {name} exists and is not this ModelDeployment's: rename or delete it");
    }

    private sealed class ForeignObjectException(string message) : Exception(message);
}
