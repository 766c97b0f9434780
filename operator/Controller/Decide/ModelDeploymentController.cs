using System.Net;
using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Observe;
using ModelOperator.Controller.Sources;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;
using Result = ModelOperator.Kubernetes.Runtime.ReconciliationResult<ModelOperator.Api.ModelDeployment>;

namespace ModelOperator.Controller.Decide;

/// <summary>
/// Validate, gather, plan, write the status, apply: in this order, so that being killed between any two of them costs nothing
/// (see <see cref="Plan"/>).
/// </summary>
internal sealed class ModelDeploymentController(
    LatestModels latest,
    WorldGatherer gatherer,
    Refusals refusals,
    NameConflicts conflicts,
    StatusWriter statusWriter,
    NamespaceRouter router,
    OwnedObjects objects,
    RevisionDeployments revisions,
    EvaluationJobs evaluations,
    EvaluationObserver evaluationObserver,
    RevisionServices revisionServices,
    GateJobs gateJobs,
    GateJobReader gateJobReader,
    SourceReader sources,
    IEntityStore<ModelDeployment> models,
    IEntityStore<Service> services,
    Announcer announcer,
    ControllerOptions options,
    TimeProvider timeProvider) : IEntityController<ModelDeployment>
{
    // The refusal of a revision is planned with at once, so that it shows.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(20);

    // Nobody tells us when a foreign object goes, or when a quota grows.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    public async Task<Result> ReconcileAsync(ModelDeployment entity, CancellationToken cancellationToken)
    {
        ModelDeployment model = latest.Of(entity);
        if (model.Metadata.DeletionTimestamp is not null)
        {
            // What it owns goes with it.
            return Result.Success(entity);
        }

        IReadOnlyList<FieldError> errors = ModelDeploymentValidator.Validate(model);
        if (errors.Count > 0)
        {
            return await BlockAsync(model, Reasons.InvalidSpec, string.Join("; ", errors), lookAgain: null, cancellationToken);
        }

        EffectiveSpec spec = Defaults.Resolve(model.Spec, options.RuntimeImage);
        string wanted = RevisionHash.Of(spec);
        if (await conflicts.FindAsync(model, wanted, cancellationToken) is { } conflict)
        {
            return await BlockAsync(model, Reasons.NameConflict, conflict, LookAgain, cancellationToken);
        }

        Plan plan = Planner.Plan(new PlannerInput
        {
            Name = model.Metadata.Name,
            Generation = model.Metadata.Generation ?? 0,
            Spec = spec,
            WantedRevision = wanted,
            Status = model.Status,
            World = await gatherer.GatherAsync(model, spec, wanted, cancellationToken),
            Now = timeProvider.GetUtcNow(),
        });
        if (await statusWriter.WriteAsync(model, plan.Status, cancellationToken) is not { } written)
        {
            return Result.Outdated(entity);
        }

        announcer.Announce(written, model.Status, plan.Status, plan.Events);
        return await ApplyAsync(written, spec, wanted, plan, cancellationToken);
    }

    public Task<Result> DeletedAsync(ModelDeployment entity, CancellationToken cancellationToken)
    {
        (string? @namespace, string name) = (entity.Metadata.Namespace, entity.Metadata.Name);
        latest.Forget(@namespace, name);
        refusals.Forget(entity);
        sources.Forget(@namespace, name);
        gateJobReader.Forget(entity);
        evaluationObserver.Forget(entity);
        if (models.List(@namespace).Count == 0)
        {
            router.Forget(@namespace!);
            conflicts.Forget(@namespace!);
        }

        return Task.FromResult(Result.Success(entity));
    }

    private async Task<Result> BlockAsync(
        ModelDeployment model, string reason, string message, TimeSpan? lookAgain, CancellationToken cancellationToken)
    {
        ModelDeploymentStatus status = BlockedStatus.Of(model, reason, message, timeProvider.GetUtcNow());
        if (await statusWriter.WriteAsync(model, status, cancellationToken) is not { } written)
        {
            return Result.Outdated(model);
        }

        announcer.AnnounceBlocked(written, model.Status, reason, status.Message!);
        return Result.Success(written, lookAgain);
    }

    private async Task<Result> ApplyAsync(
        ModelDeployment model, EffectiveSpec spec, string wanted, Plan plan, CancellationToken cancellationToken)
    {
        try
        {
            await router.ApplyAsync(model, cancellationToken);
            await objects.ApplyAsync(
                Resources.Services,
                ModelService.Build(model),
                services.Get(model.Metadata.Namespace, model.Metadata.Name),
                cancellationToken);
        }
        catch (KubernetesException e) when (IsRefusal(e))
        {
            announcer.AnnounceRefused(model, e.Message);
            return Result.Failure(model, e.Message, e);
        }

        PodFailure? refusal = null;
        foreach (DeploymentPlan deployment in plan.Deployments)
        {
            try
            {
                await revisions.ActAsync(model, spec, deployment, cancellationToken);
            }
            catch (KubernetesException e) when (deployment.Revision == wanted && IsRefusal(e))
            {
                // The user's to mend, as a rule in spec.runtime.podTemplate: the next plan shows it and holds the revision to its deadline.
                refusal = new PodFailure(Reasons.PodsRefused, StatusLimits.Shorten(e.Message));
            }
        }

        string? unserved = await revisionServices.ActAsync(model, AskedDirectly(plan), cancellationToken);
        await evaluations.ActAsync(model, spec, plan.Evaluation, unserved, cancellationToken);
        await gateJobs.ActAsync(model, plan.GateJobs, unserved, cancellationToken);
        if (refusal is null)
        {
            refusals.Forget(model);
            return Result.Success(model, plan.RequeueAfter);
        }

        return Result.Success(model, refusals.Remember(model, wanted, refusal) ? AtOnce : LookAgain);
    }

    private static HashSet<string> AskedDirectly(Plan plan) =>
    [
        .. new[] { plan.Evaluation?.Revision, plan.Evaluation?.StableRevision }.OfType<string>(),
        .. plan.GateJobs.SelectMany(job => new[] { job.CanaryRevision, job.StableRevision }),
    ];

    // Servers before 1.21 call an intent that does not fit the schema an internal error. A namespace that is being deleted refuses nothing of ours
    // in particular: the runtime waits for its end.
    private static bool IsRefusal(KubernetesException e) =>
        (e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity && !e.IsNamespaceTerminating)
        || (e.StatusCode == HttpStatusCode.InternalServerError && e.Message.StartsWith("failed to create typed patch object", StringComparison.Ordinal));
}
