using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Sources;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>Brings together what the planner has to know of the world around one ModelDeployment.</summary>
internal sealed class WorldGatherer(
    IKubernetesClient client,
    IEntityStore<Deployment> routers,
    IEntityStore<Pod> pods,
    RouterReports reports,
    SourceReader sources,
    EvaluationObserver evaluations,
    Refusals refusals)
{
    /// <param name="model">The ModelDeployment.</param>
    /// <param name="deployments">The Deployments of its revisions.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="wantedRevision">The revision that the spec asks for; null when it cannot be acted on.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<ObservedWorld> GatherAsync(
        ModelDeployment model, IReadOnlyList<Deployment> deployments, EffectiveSpec spec, string? wantedRevision,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<Pod> ours = pods.List(model.Metadata.Namespace);
        IReadOnlyList<ObservedRevision> revisions = RevisionObserver.Observe(model, deployments, ours);
        if (wantedRevision is not null && await CauseAsync(model, wantedRevision, revisions, cancellationToken) is { } cause)
        {
            revisions = WithFailure(revisions, wantedRevision, cause);
        }

        Task<IReadOnlyList<ObservedRouter>> ready = reports.ReadAsync(model, Routers(ours, pod => pod.IsReady()), cancellationToken);
        Task<IReadOnlyList<ObservedRouter>> leaving = reports.ReadAsync(model, Routers(ours, IsLeaving), cancellationToken);
        Task<ObservedWorld> told = sources.AddAsync(
            new ObservedWorld { Revisions = revisions }, model, spec.Rollout.Analysis, cancellationToken);
        Task<ObservedEvaluation?> evaluation = evaluations.ObserveAsync(model, spec, cancellationToken);
        await Task.WhenAll(ready, leaving, told, evaluation);
        return await told with
        {
            Routers = await ready,
            LeavingRouters = await leaving,
            RouterFailure = (await ready).Count > 0 ? null : RouterFailure(model, ours),
            Evaluation = await evaluation,
        };
    }

    /// <summary>What the pods themselves cannot say: it keeps them from being made, or from starting.</summary>
    private async Task<PodFailure?> CauseAsync(
        ModelDeployment model, string wantedRevision, IReadOnlyList<ObservedRevision> revisions, CancellationToken cancellationToken)
    {
        if (refusals.Of(model, wantedRevision) is { } refusal)
        {
            return refusal;
        }

        return revisions.Any(revision => revision.Revision == wantedRevision && revision.ReadyReplicas >= revision.DesiredReplicas)
            ? null
            : await MissingSecretAsync(model.Metadata.Namespace, model.Spec.Model, cancellationToken);
    }

    private async Task<PodFailure?> MissingSecretAsync(string? @namespace, ModelSource source, CancellationToken cancellationToken)
    {
        if (source.CredentialsSecretRef is { } credentials
            && await client.GetAsync(Resources.Secrets, @namespace, credentials.Name, cancellationToken) is null)
        {
            return new PodFailure(
                Reasons.SecretNotFound,
                $"spec.model.credentialsSecretRef.name: there is no Secret {credentials.Name} in namespace {@namespace}");
        }

        if (source.Signature?.PublicKeySecretRef is not { } key)
        {
            return null;
        }

        Secret? secret = await client.GetAsync(Resources.Secrets, @namespace, key.Name, cancellationToken);
        return secret is null
            ? new PodFailure(
                Reasons.SecretNotFound,
                $"spec.model.signature.publicKeySecretRef.name: there is no Secret {key.Name} in namespace {@namespace}")
            : secret.Data?.ContainsKey(Defaults.KeyOf(key)) == true ? null
            : new PodFailure(
                Reasons.SecretNotFound, $"spec.model.signature.publicKeySecretRef.key: Secret {key.Name} has no key {Defaults.KeyOf(key)}");
    }

    private static ObservedRevision[] WithFailure(IReadOnlyList<ObservedRevision> revisions, string wantedRevision, PodFailure cause) =>
        revisions.Any(revision => revision.Revision == wantedRevision)
            ? [.. revisions.Select(revision => revision.Revision == wantedRevision ? revision with { Failure = cause } : revision)]
            : [.. revisions, new ObservedRevision { Revision = wantedRevision, HasDeployment = false, Failure = cause }];

    private static List<Pod> Routers(IReadOnlyList<Pod> pods, Func<Pod, bool> which) =>
    [
        .. pods.Where(pod => RouterPods.IsOne(pod) && which(pod))
            .OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal),
    ];

    private PodFailure? RouterFailure(ModelDeployment model, IReadOnlyList<Pod> pods) =>
        PodFailures.OfAny(Routers(pods, _ => true))
        ?? (routers.Get(model.Metadata.Namespace, RouterNames.Router) is { } deployment ? PodFailures.OfRefused(deployment) : null);

    // A router that is told to stop stays until its last ticks have been read.
    private static bool IsLeaving(Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null
        && !string.IsNullOrEmpty(pod.Status?.PodIP)
        && pod.Status.ContainerStatuses?.Exists(container => container.State?.Running is not null) == true;
}
