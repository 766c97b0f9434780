using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>
/// Revisions whose Deployment the API server would not have, by the model's uid: another model of its name starts without them. Found anew
/// after a restart, since it is tried again.
/// </summary>
internal sealed class Refusals
{
    private readonly ConcurrentDictionary<string, Refusal> _byModel = new(StringComparer.Ordinal);

    private sealed record Refusal(string Revision, PodFailure Failure);

    /// <summary>True when it is news. Another wording is none: servers put times and ids into their messages.</summary>
    public bool Remember(ModelDeployment model, string revision, PodFailure failure)
    {
        PodFailure? known = Of(model, revision);
        _byModel[model.Metadata.Uid!] = new Refusal(revision, failure);
        return known?.Reason != failure.Reason;
    }

    public void Forget(ModelDeployment model) => _byModel.TryRemove(model.Metadata.Uid!, out _);

    public PodFailure? Of(ModelDeployment model, string revision) =>
        _byModel.TryGetValue(model.Metadata.Uid!, out Refusal? refusal) && refusal.Revision == revision ? refusal.Failure : null;
}
