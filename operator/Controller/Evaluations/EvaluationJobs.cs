using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Applying;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Evaluations;

/// <summary>
/// Runs the Jobs of evaluations and reads what they say. A Job runs on while the operator is away; what it counted is in its pod's termination
/// message, to be read when the operator is back.
/// </summary>
internal sealed class EvaluationJobs(
    IKubernetesClient client,
    OwnedObjects objects,
    IEntityStore<Job> jobs,
    IEntityStore<Pod> pods,
    ProgressReader progress,
    ControllerOptions options)
{
    // What could not be made; tried again with every plan, so forgetting after a restart costs nothing.
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
            model, new EvaluationPlan(asked, revision, model.Status.StableRevision), spec, options.RuntimeImage, options.AllowedModelNetworks));
        if (jobs.Get(model.Metadata.Namespace, name) is not { Metadata.DeletionTimestamp: null } job || !IsOwned(job, model))
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
            _refusals.TryRemove(Key(model), out _);
            await RemoveAsync(model, except: null, cancellationToken);
            return;
        }

        if (unserved is not null)
        {
            _refusals[Key(model)] = unserved;
            return;
        }

        try
        {
            JsonObject intent = EvaluationJob.Build(model, plan, spec, options.RuntimeImage, options.AllowedModelNetworks);
            await RunAsync(model, intent, cancellationToken);
            await RemoveAsync(model, EvaluationJob.NameOf(intent), cancellationToken);
            _refusals.TryRemove(Key(model), out _);
        }
        catch (ForeignObjectException e)
        {
            _refusals[Key(model)] = e.Message;
        }
        catch (KubernetesException e) when (
            e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity or HttpStatusCode.InternalServerError)
        {
            _refusals[Key(model)] = $"its Job is refused: {StatusLimits.Shorten(e.Message, StatusLimits.Message / 2)}";
        }
    }

    public void Forget(string? @namespace, string name) => _refusals.TryRemove($"{@namespace}/{name}", out _);

    private async Task RunAsync(ModelDeployment model, JsonObject intent, CancellationToken cancellationToken)
    {
        Job? current = await FindAsync(model, Resources.Jobs, jobs, EvaluationJob.NameOf(intent), cancellationToken);
        if (current is null)
        {
            await objects.ApplyAsync(Resources.Jobs, intent, null, cancellationToken);
        }
        else if (!current.IsComplete && current.Failure is null && EvaluationResult.Read(current, pods.OwnedBy(current.Metadata.Uid!)).EndedAt is not null)
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
        foreach (Job old in jobs.OwnedBy(model.Metadata.Uid!).Where(old => LabelOf(old, Labels.Component) == Labels.EvaluationComponent && old.Metadata.Name != except))
        {
            await DeleteAsync(Resources.Jobs, old, cancellationToken);
        }
    }

    /// <summary>The object of a name; one that is somebody else's is never taken over.</summary>
    private async Task<T?> FindAsync<T>(
        ModelDeployment model, ResourceType<T> type, IEntityStore<T> cache, string name, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        // The cache may not have heard yet of what we made, and never hears of what is somebody else's.
        T? found = cache.Get(model.Metadata.Namespace, name) ?? await client.GetAsync(type, model.Metadata.Namespace, name, cancellationToken);
        return found is null || IsOwned(found, model)
            ? found
            : throw new ForeignObjectException($"{type.Kind} {name} exists and is not this ModelDeployment's: rename or delete it");
    }

    private Task DeleteAsync<T>(ResourceType<T> type, T old, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        old.Metadata.DeletionTimestamp is null
            ? client.DeleteAsync(type, old.Metadata.Namespace, old.Metadata.Name, cancellationToken, old.Metadata.Uid)
            : Task.CompletedTask;

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

        return dataset.CredentialsSecretRef is { } secret && await client.GetAsync(Resources.Secrets, @namespace, secret.Name, cancellationToken) is null
            ? $"spec.rollout.evaluation.dataset.credentialsSecretRef.name: there is no Secret {secret.Name} in namespace {@namespace}"
            : null;
    }

    private static EvaluationCounts CountsOf(EvaluationReport report) => new(
        report.Rows, report.Canary.Total, ArmOf(report.Canary), report.Stable is { } stable ? ArmOf(stable) : null, report.OnlyCanaryWrong, report.OnlyStableWrong);

    private static EvaluationArm ArmOf(ArmReport arm) => new(
        arm.Bad, arm.Answers, arm.Slow, arm.LatencyMicroseconds is { } latency ? TimeSpan.FromMicroseconds(latency) : null, arm.Errors, arm.Error);

    private static bool IsOwned(KubernetesObject found, ModelDeployment model) =>
        found.Metadata.OwnerReferences?.Exists(owner => owner.Uid == model.Metadata.Uid) == true;

    private static string? LabelOf(KubernetesObject entity, string label) => entity.Metadata.Labels?.GetValueOrDefault(label);

    private static string Key(ModelDeployment model) => $"{model.Metadata.Namespace}/{model.Metadata.Name}";

    private sealed class ForeignObjectException(string message) : Exception(message);
}
