using System.Collections.Immutable;
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
    DefinitionCheck definition,
    RevisionFinder finder,
    WorldGatherer gatherer,
    Refusals refusals,
    NameConflicts conflicts,
    StatusWriter statusWriter,
    ControlOrders orders,
    ValidSpecs validSpecs,
    NamespaceRouter router,
    OwnedObjects objects,
    RevisionDeployments revisions,
    RevisionModels revisionModels,
    RevisionRecords records,
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

        if (await definition.FindProblemAsync(cancellationToken) is { } outdated)
        {
            return await BlockAsync(model, spec: null, new(Reasons.DefinitionOutdated, outdated, LookAgain), cancellationToken);
        }

        IReadOnlyList<FieldError> errors = [.. ModelDeploymentValidator.Validate(model), .. options.PodTemplates.Check(model)];
        if (errors.Count > 0)
        {
            return await BlockAsync(
                model, validSpecs.Of(model, errors), new(Reasons.InvalidSpec, string.Join("; ", errors), LookAgain: null),
                cancellationToken);
        }

        (EffectiveSpec spec, string asked) = WantedRevision.Of(model.Spec, model.Status, options.RuntimeImage);
        (spec, string wanted) = await records.GoBackAsync(model, spec, asked, cancellationToken);
        validSpecs.Remember(model, spec);
        if (await conflicts.FindAsync(model, wanted, cancellationToken) is { } conflict)
        {
            return await BlockAsync(model, spec, new(Reasons.NameConflict, conflict, LookAgain), cancellationToken);
        }

        IReadOnlyList<Deployment> deployments = await finder.FindAsync(model, cancellationToken);
        ControlRequest? control = orders.Read(model);
        Specs specs = new(spec, await records.RecallAsync(model, wanted, control, deployments, cancellationToken));
        Plan plan = Planner.Plan(new PlannerInput
        {
            Name = model.Metadata.Name,
            Generation = model.Metadata.Generation ?? 0,
            Spec = spec,
            WantedRevision = wanted,
            AskedRevision = asked,
            Control = control,
            Status = model.Status,
            World = await gatherer.GatherAsync(model, deployments, spec, wanted, cancellationToken) with { Kept = specs.Revisions },
            Now = timeProvider.GetUtcNow(),
        });
        if (await statusWriter.WriteAsync(model, plan.Status, cancellationToken) is not { } written)
        {
            return Result.Outdated(entity);
        }

        announcer.Announce(written, model.Status, plan.Status, plan.Events);
        Result result = await ApplyAsync(written, deployments, specs, wanted, asked, plan, cancellationToken);
        await orders.RemoveAsync(written, control, cancellationToken);
        return result;
    }

    public Task<Result> DeletedAsync(ModelDeployment entity, CancellationToken cancellationToken)
    {
        (string? @namespace, string name) = (entity.Metadata.Namespace, entity.Metadata.Name);
        latest.Forget(@namespace, name);
        validSpecs.Forget(entity);
        revisionModels.Forget(entity);
        refusals.Forget(entity);
        conflicts.Forget(entity);
        sources.Forget(@namespace, name);
        gateJobReader.Forget(entity);
        evaluationObserver.Forget(entity);
        if (models.List(@namespace).Count == 0)
        {
            router.Forget(@namespace!);
        }

        return Task.FromResult(Result.Success(entity));
    }

    /// <summary>What Deployments are made from: that of the wanted revision, and those of earlier ones.</summary>
    private sealed record Specs(EffectiveSpec Wanted, ImmutableDictionary<string, EffectiveSpec> Kept)
    {
        public ImmutableHashSet<string> Revisions => [.. Kept.Keys];

        public EffectiveSpec Of(string revision) => Kept.GetValueOrDefault(revision, Wanted);
    }

    /// <summary>Why the newest spec cannot be acted on.</summary>
    private sealed record Block(string Reason, string Message, TimeSpan? LookAgain);

    /// <summary>
    /// The newest spec waits for somebody. What serves is kept, and a canary with traffic is judged and rolled back as ever, if there is a
    /// spec to judge by.
    /// </summary>
    private async Task<Result> BlockAsync(ModelDeployment model, EffectiveSpec? spec, Block block, CancellationToken cancellationToken)
    {
        IReadOnlyList<Deployment> deployments = await finder.FindAsync(model, cancellationToken);
        ControlRequest? control = orders.Read(model);
        Specs? specs =
            spec is null ? null : new(spec, await records.RecallAsync(model, wanted: null, control, deployments, cancellationToken));
        Plan? plan = specs is null ? null : await GuardAsync(model, deployments, specs, control, cancellationToken);
        string message = plan?.Status.CanaryRevision is { } canary
            ? $"{block.Message}; until then canary {canary} gets no more requests than it has, and is judged by the last valid spec"
            : block.Message;
        ModelDeploymentStatus status = BlockedStatus.Of(model, plan?.Status, block.Reason, message, timeProvider.GetUtcNow());
        if (await statusWriter.WriteAsync(model, status, cancellationToken) is not { } written)
        {
            return Result.Outdated(model);
        }

        announcer.AnnounceBlocked(written, model.Status, block.Reason, status.Message!);
        if (plan is null || specs is null)
        {
            return Result.Success(written, block.LookAgain);
        }

        announcer.Announce(written, model.Status, plan.Status, plan.Events);
        if (await conflicts.FindAsync(model, plan.Status.StableRevision!, cancellationToken) is null)
        {
            await ApplySharedAsync(written, cancellationToken);
        }

        foreach (DeploymentPlan deployment in plan.Deployments)
        {
            await revisions.ActAsync(written, deployments, specs.Of(deployment.Revision), deployment, cancellationToken);
        }

        await revisions.MendAsync(written, deployments, cancellationToken);
        await orders.RemoveAsync(written, control, cancellationToken);
        return Result.Success(written, block.LookAgain < plan.RequeueAfter ? block.LookAgain : plan.RequeueAfter);
    }

    private async Task<Plan?> GuardAsync(
        ModelDeployment model, IReadOnlyList<Deployment> deployments, Specs specs, ControlRequest? control,
        CancellationToken cancellationToken) =>
        model.Status is not { StableRevision: { } stable } status ? null : Planner.Plan(new PlannerInput
        {
            Name = model.Metadata.Name,
            Generation = model.Metadata.Generation ?? 0,
            Spec = specs.Wanted,
            WantedRevision = status.CanaryRevision ?? stable,
            IsGuardOnly = true,
            Control = control,
            Status = status,
            World = await gatherer.GatherAsync(model, deployments, specs.Wanted, wantedRevision: null, cancellationToken) with
            {
                Kept = specs.Revisions,
            },
            Now = timeProvider.GetUtcNow(),
        });

    private async Task<Result> ApplyAsync(
        ModelDeployment model,
        IReadOnlyList<Deployment> deployments,
        Specs specs,
        string wanted,
        string asked,
        Plan plan,
        CancellationToken cancellationToken)
    {
        try
        {
            await ApplySharedAsync(model, cancellationToken);
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
                await ActAsync(model, deployments, specs, asked, deployment, cancellationToken);
            }
            catch (KubernetesException e) when (deployment.Revision == wanted && IsRefusal(e))
            {
                // The user's to mend, as a rule in spec.runtime.podTemplate: the next plan shows it and holds the revision to its deadline.
                refusal = PodFailures.OfRefusal(e.Message);
            }
        }

        string? unserved = await revisionServices.ActAsync(model, AskedDirectly(plan), cancellationToken);
        await evaluations.ActAsync(model, specs.Wanted, plan.Evaluation, unserved, cancellationToken);
        await gateJobs.ActAsync(model, plan.GateJobs, unserved, cancellationToken);
        await revisions.MendAsync(model, deployments, cancellationToken);
        await revisions.RestartAsync(model, deployments, cancellationToken);
        await revisionModels.RemoveOthersAsync(model, cancellationToken);
        if (refusal is null)
        {
            refusals.Forget(model);
            return Result.Success(model, plan.RequeueAfter);
        }

        return Result.Success(model, refusals.Remember(model, wanted, refusal) ? AtOnce : LookAgain);
    }

    private async Task ActAsync(
        ModelDeployment model,
        IReadOnlyList<Deployment> deployments,
        Specs specs,
        string asked,
        DeploymentPlan plan,
        CancellationToken cancellationToken)
    {
        if (plan.Action == DeploymentAction.Apply && plan.Revision == asked)
        {
            await records.KeepAsync(model, asked, specs.Of(asked), cancellationToken);
        }
        else if (plan.Action == DeploymentAction.Delete)
        {
            // First, since nobody looks for a record whose Deployment is gone.
            await records.DropAsync(model, plan.Revision, cancellationToken);
        }

        await revisions.ActAsync(model, deployments, specs.Of(plan.Revision), plan, cancellationToken);
    }

    /// <summary>What does not depend on the spec: the routers and the way to them.</summary>
    private async Task ApplySharedAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        await router.ApplyAsync(model, cancellationToken);
        await revisionModels.ApplyAsync(model, cancellationToken);
        Service? current = services.Get(model.Metadata.Namespace, model.Metadata.Name);
        await objects.ApplyAsync(model, Resources.Services, ModelService.Build(model), current, cancellationToken);
    }

    private static HashSet<string> AskedDirectly(Plan plan) =>
    [
        .. new[] { plan.Evaluation?.Revision, plan.Evaluation?.StableRevision }.OfType<string>(),
        .. plan.GateJobs.SelectMany(job => new[] { job.CanaryRevision, job.StableRevision }),
    ];

    // Servers before 1.21 call an intent that does not fit the schema an internal error. A namespace that is being deleted refuses nothing
    // of ours in particular: the runtime waits for its end.
    private static bool IsRefusal(KubernetesException e) =>
        (e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity
            && !e.IsNamespaceTerminating)
        || (e.StatusCode == HttpStatusCode.InternalServerError
            && e.Message.StartsWith("failed to create typed patch object", StringComparison.Ordinal));
}
