using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Sources;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Apply;

/// <summary>
/// Makes and removes the Jobs of Job guardrails. One that has ended stays to be looked at until the next rollout, or until the Deployment
/// of its revision goes; one that still runs when its rollout is over goes at once.
/// </summary>
internal sealed class GateJobs(
    IKubernetesClient client, OwnedObjects objects, IEntityStore<Job> jobs, IEntityStore<Deployment> deployments, GateJobReader reader)
{
    /// <summary>Makes the Jobs that shall be there and removes those that shall not.</summary>
    /// <param name="model">The model with the status just written.</param>
    /// <param name="plans">The Jobs that shall be there.</param>
    /// <param name="unserved">Why the revisions cannot be asked; null when they can.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task ActAsync(
        ModelDeployment model, IReadOnlyList<GateJobPlan> plans, string? unserved, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (GateJobPlan plan in plans)
        {
            string name = NameOf(model, plan);
            wanted.Add(name);
            await RunAsync(model, plan, name, unserved, cancellationToken);
        }

        foreach (Job job in jobs.List(model.Metadata.Namespace).Where(
            job => Owners.Owns(model, job)
                && IsGate(job)
                && !wanted.Contains(job.Metadata.Name)
                && (plans.Any(plan => plan.Guardrail == GuardrailOf(job)) || IsOver(job, model))))
        {
            await DeleteAsync(job, cancellationToken);
        }
    }

    private async Task RunAsync(ModelDeployment model, GateJobPlan plan, string name, string? unserved, CancellationToken cancellationToken)
    {
        // The cache may not have heard yet of what we made, and never hears of what is somebody else's.
        Job? current = jobs.Get(model.Metadata.Namespace, name)
            ?? await client.GetAsync(Resources.Jobs, model.Metadata.Namespace, name, cancellationToken);
        if (current is not null)
        {
            if (Owners.Owns(model, current))
            {
                var intent = GateJob.Build(model, plan, model.Status!.Rollout!.StartedAt);
                await objects.MendAsync(model, Resources.Jobs, (JsonObject)intent["metadata"]!, current, cancellationToken);
                reader.Accept(model, plan.Guardrail);
                if (HasSpoken(model, plan) && !current.IsComplete && current.Failure is null)
                {
                    await StopAsync(current, cancellationToken);
                }
            }
            else
            {
                reader.Refuse(model, plan.Guardrail, $"a Job {name} that is not the operator's is there; rename or delete it");
            }

            return;
        }

        // A verdict stands, also when somebody has cleared away the Job that gave it.
        if (HasSpoken(model, plan))
        {
            return;
        }

        if (unserved is not null)
        {
            reader.Refuse(model, plan.Guardrail, unserved);
            return;
        }

        try
        {
            await objects.ApplyAsync(
                model, Resources.Jobs, GateJob.Build(model, plan, model.Status!.Rollout!.StartedAt), null, cancellationToken);
            reader.Accept(model, plan.Guardrail);
        }
        catch (KubernetesException e) when (
            e.StatusCode is HttpStatusCode.BadRequest
                or HttpStatusCode.Forbidden
                or HttpStatusCode.UnprocessableEntity
                or HttpStatusCode.InternalServerError)
        {
            reader.Refuse(model, plan.Guardrail, $"Job {name} is refused: {StatusLimits.Shorten(e.Message, 512)}");
        }
    }

    private static bool HasSpoken(ModelDeployment model, GateJobPlan plan) =>
        model.Status!.Analysis?.Find(g => g.Name == plan.Guardrail)?.Verdict is nameof(Verdict.Safe) or nameof(Verdict.Harmful);

    // The verdict has been read; what still runs beside the container that gave it, such as a proxy, may never end by itself.
    private async Task StopAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Spec.Parallelism != 0)
        {
            var patch = new JsonObject { ["spec"] = new JsonObject { ["parallelism"] = 0 } };
            await client.MergePatchAsync(Resources.Jobs, job.Metadata.Namespace, job.Metadata.Name, patch, cancellationToken);
        }
    }

    private bool IsOver(Job job, ModelDeployment model) =>
        (model.Status?.Rollout is { } rollout
            && job.Metadata.Annotations?.GetValueOrDefault(GateJob.RolloutAnnotation) != GateJob.RolloutOf(rollout.StartedAt))
        || (!job.IsComplete && job.Failure is null)
        || job.Metadata.Labels?.GetValueOrDefault(Labels.Revision) is not { } revision
        || deployments.Get(model.Metadata.Namespace, RevisionDeployment.NameOf(model.Metadata.Name, revision)) is null;

    private Task DeleteAsync(Job job, CancellationToken cancellationToken) => job.Metadata.DeletionTimestamp is null
        ? client.DeleteAsync(Resources.Jobs, job.Metadata.Namespace, job.Metadata.Name, cancellationToken, job.Metadata.Uid)
        : Task.CompletedTask;

    private static bool IsGate(Job job) => job.Metadata.Labels?.GetValueOrDefault(Labels.Component) == Labels.GateComponent;

    private static string? GuardrailOf(Job job) => job.Metadata.Labels?.GetValueOrDefault(Labels.Guardrail);

    private static string NameOf(ModelDeployment model, GateJobPlan plan) =>
        GateJob.NameOf(model.Metadata.Name, plan.CanaryRevision, plan.Guardrail, model.Status!.Rollout!.StartedAt, plan.Job);
}
