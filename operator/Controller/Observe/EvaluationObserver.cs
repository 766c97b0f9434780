using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>
/// Reads what the Jobs of evaluations say. A Job runs on while the operator is away; what it counted is in its pod's termination message,
/// to be read when the operator is back.
/// </summary>
internal sealed class EvaluationObserver(
    IKubernetesClient client, IEntityStore<Job> jobs, IEntityStore<Pod> pods, ProgressReader progress, ControllerOptions options)
{
    // What could not be made, by the model's uid: another one of its name starts without it. Tried again with every plan, so forgetting
    // after a restart costs nothing.
    private readonly ConcurrentDictionary<string, string> _refusals = new(StringComparer.Ordinal);

    /// <summary>The evaluation that the status says is on its way, as its Job shows it; null when there is none.</summary>
    public async Task<ObservedEvaluation?> ObserveAsync(ModelDeployment model, EffectiveSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Rollout.Evaluation is not { } asked || model.Status?.Evaluation?.Revision is not { } revision)
        {
            return null;
        }

        if (_refusals.TryGetValue(Key(model), out string? refusal))
        {
            return new ObservedEvaluation { Revision = revision, Problem = refusal };
        }

        string name = EvaluationJob.NameOf(EvaluationJob.Build(
            model, new EvaluationPlan(asked, revision, model.Status.StableRevision), spec, options.RuntimeImage,
            options.AllowedModelNetworks));
        if (jobs.Get(model.Metadata.Namespace, name) is not { Metadata.DeletionTimestamp: null } job || !Owners.Owns(model, job))
        {
            return null;
        }

        EvaluationResult result = EvaluationResult.Read(job, pods.OwnedBy(job.Metadata.Uid!));
        EvaluationReport? report = result.Report ?? (result.Running is { } pod ? await progress.ReadAsync(pod, cancellationToken) : null);
        return new ObservedEvaluation
        {
            Revision = revision,
            StartedAt = result.StartedAt,
            EndedAt = result.EndedAt,
            TotalRows = report?.TotalRows,
            Counts = report is null ? null : CountsOf(report),
            Problem = result.Problem ?? (result.StartedAt is null ? await MissingAsync(model, asked.Dataset, cancellationToken) : null),
        };
    }

    /// <summary>The Job of an evaluation could not be made, for a reason that a person can read.</summary>
    public void Refuse(ModelDeployment model, string why) => _refusals[Key(model)] = why;

    /// <summary>What the evaluation needs is there, or is not needed any more.</summary>
    public void Accept(ModelDeployment model) => _refusals.TryRemove(Key(model), out _);

    public void Forget(ModelDeployment model) => _refusals.TryRemove(Key(model), out _);

    /// <summary>What the kubelet says in Events alone: a data set that is not there keeps a pod from starting.</summary>
    private async Task<string?> MissingAsync(ModelDeployment model, EvaluationDataset dataset, CancellationToken cancellationToken)
    {
        string? @namespace = model.Metadata.Namespace;
        if (dataset.ConfigMapKeyRef is { } key)
        {
            return await client.GetAsync(Resources.ConfigMaps, @namespace, key.Name, cancellationToken) is not { } map
                ? $"spec.rollout.evaluation.dataset.configMapKeyRef.name: there is no ConfigMap {key.Name} in namespace {@namespace}"
                : map.Data?.ContainsKey(key.Key) == true || map.BinaryData?.ContainsKey(key.Key) == true ? null
                : $"spec.rollout.evaluation.dataset.configMapKeyRef.key: ConfigMap {key.Name} has no key {key.Key}";
        }

        return dataset.CredentialsSecretRef is { } secret
            && await client.GetAsync(Resources.Secrets, @namespace, secret.Name, cancellationToken) is null
            ? $"spec.rollout.evaluation.dataset.credentialsSecretRef.name: there is no Secret {secret.Name} in namespace {@namespace}"
            : null;
    }

    private static EvaluationCounts CountsOf(EvaluationReport report) => new(
        report.Rows, report.Canary.Total, ArmOf(report.Canary), report.Stable is { } stable ? ArmOf(stable) : null,
        report.OnlyCanaryWrong, report.OnlyStableWrong);

    private static EvaluationArm ArmOf(ArmReport arm) => new(
        arm.Bad, arm.Answers, arm.Slow, arm.LatencyMicroseconds is { } latency ? TimeSpan.FromMicroseconds(latency) : null,
        arm.Errors, arm.Error);

    private static string Key(ModelDeployment model) => model.Metadata.Uid!;
}
