using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Sources;

/// <summary>Reads what the Jobs of Job guardrails say, or why there is none.</summary>
internal sealed class GateJobReader(IEntityStore<Job> jobs, IEntityStore<Pod> pods)
{
    // Jobs that could not be made, by the model's uid: another one of its name starts without them. Tried again with every plan, so
    // forgetting after a restart costs nothing.
    private readonly ConcurrentDictionary<(string Model, string Guardrail), string> _refusals = [];

    /// <summary>What the Job of a guardrail says of the rollout in progress.</summary>
    public GateAnswer Read(ModelDeployment model, string guardrail, JobGate gate, DateTimeOffset now)
    {
        ModelDeploymentStatus status = model.Status!;
        if (_refusals.TryGetValue(Key(model, guardrail), out string? refusal))
        {
            return new GateAnswer { At = now, Problem = refusal };
        }

        string name = GateJob.NameOf(model.Metadata.Name, status.CanaryRevision!, guardrail, status.Rollout!.StartedAt, gate);
        Job? job = jobs.Get(model.Metadata.Namespace, name) is { Metadata.DeletionTimestamp: null } there && Owners.Owns(model, there)
            ? there
            : null;
        return GateJobResult.Read(job, job is null ? [] : pods.OwnedBy(job.Metadata.Uid!), GateJob.DecidingContainerOf(gate), now);
    }

    /// <summary>The Job of a guardrail could not be made, for a reason that a person can read.</summary>
    public void Refuse(ModelDeployment model, string guardrail, string why) => _refusals[Key(model, guardrail)] = why;

    /// <summary>The Job of a guardrail is there.</summary>
    public void Accept(ModelDeployment model, string guardrail) => _refusals.TryRemove(Key(model, guardrail), out _);

    public void Forget(ModelDeployment model)
    {
        foreach (var key in _refusals.Keys.Where(key => key.Model == model.Metadata.Uid))
        {
            _refusals.TryRemove(key, out _);
        }
    }

    private static (string Model, string Guardrail) Key(ModelDeployment model, string guardrail) => (model.Metadata.Uid!, guardrail);
}
