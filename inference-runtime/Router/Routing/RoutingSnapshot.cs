using System.Collections.Frozen;

namespace ModelOperator.Router.Routing;

/// <summary>Where requests go at one moment. Immutable, swapped whole.</summary>
internal sealed class RoutingSnapshot(FrozenDictionary<string, ModelRoute> models)
{
    public static RoutingSnapshot Empty { get; } = new(FrozenDictionary<string, ModelRoute>.Empty);

    public FrozenDictionary<string, ModelRoute> Models { get; } = models;

    public ModelRoute? Find(string? model) => model is null ? null : Models.GetValueOrDefault(model);
}

/// <summary>Where the requests for one model go.</summary>
/// <param name="Name">Name of the ModelDeployment.</param>
/// <param name="TableVersion">Version of the table in force; -1 without one.</param>
/// <param name="Draw">Draws among the revisions that have a weight and a ready pod.</param>
/// <param name="Revisions">Every revision that is in the table or has a pod.</param>
/// <param name="Feedback">How the truth is judged.</param>
/// <param name="MaxRequestMebibytes">How large a request may be.</param>
internal sealed record ModelRoute(
    string Name, long TableVersion, WeightedDraw Draw, FrozenDictionary<string, RevisionRoute> Revisions,
    FeedbackRule Feedback, int MaxRequestMebibytes)
{
    /// <summary>The pod of that name, ready or not.</summary>
    public PodEndpoint? FindPod(string revision, string pod) =>
        Revisions.GetValueOrDefault(revision)?.Pods.FirstOrDefault(p => p.Name == pod);
}

/// <summary>The pods of one revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Pods">All that have an address.</param>
/// <param name="Ready">Those that get requests: the ready ones; when there are none, those that are terminating and may still
/// answer.</param>
/// <param name="IsEnding">Whether it is the latter.</param>
internal sealed record RevisionRoute(
    string Revision, IReadOnlyList<PodEndpoint> Pods, IReadOnlyList<PodEndpoint> Ready, bool IsEnding = false);
