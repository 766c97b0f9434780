using System.Collections.Concurrent;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>Revisions whose Deployment the API server would not have. Found anew after a restart, since it is tried again.</summary>
internal sealed class Refusals
{
    private readonly ConcurrentDictionary<string, Refusal> _byModel = new(StringComparer.Ordinal);

    private sealed record Refusal(string Revision, PodFailure Failure);

    /// <summary>True when it is news.</summary>
    public bool Remember(string model, string revision, PodFailure failure)
    {
        var refusal = new Refusal(revision, failure);
        bool isNews = !_byModel.TryGetValue(model, out Refusal? known) || known != refusal;
        _byModel[model] = refusal;
        return isNews;
    }

    public void Forget(string model) => _byModel.TryRemove(model, out _);

    public PodFailure? Of(string model, string revision) =>
        _byModel.TryGetValue(model, out Refusal? refusal) && refusal.Revision == revision ? refusal.Failure : null;
}
