using System.Collections.Frozen;

namespace ModelOperator.Router.Routing;

/// <summary>
/// Makes a snapshot of tables and pods. What has a memory is carried over from the previous one: the endpoint of a pod that
/// is still the same (in flight, ejected, warm), and the block being drawn from while the table and who can serve stay the same.
/// </summary>
internal static class SnapshotBuilder
{
    public static RoutingSnapshot Build(
        RoutingSnapshot previous, IEnumerable<ModelTable> tables, IEnumerable<PodState> pods, Action<string, Exception>? failed = null)
    {
        ILookup<string, PodState> podsByModel = pods.ToLookup(p => p.Model);
        return new RoutingSnapshot(tables
            .Select(t => TryBuild(previous.Find(t.Model), t, podsByModel[t.Model], failed))
            .OfType<ModelRoute>()
            .ToFrozenDictionary(m => m.Name));
    }

    /// <summary>The route as it was, if any, where the new one cannot be made.</summary>
    private static ModelRoute? TryBuild(
        ModelRoute? previous, ModelTable table, IEnumerable<PodState> pods, Action<string, Exception>? failed)
    {
        try
        {
            return BuildModel(previous, table, pods);
        }
#pragma warning disable CA1031 // Whatever is wrong with one model, the tables of the others must still come into force.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed?.Invoke(table.Model, e);
            return previous;
        }
    }

    private static ModelRoute BuildModel(ModelRoute? previous, ModelTable table, IEnumerable<PodState> pods)
    {
        Dictionary<string, PodEndpoint> known =
            previous?.Revisions.Values.SelectMany(r => r.Pods).ToDictionary(p => p.Uid) ?? [];

        ILookup<string, PodState> podsByRevision = pods.ToLookup(p => p.Revision);
        IEnumerable<string> names = podsByRevision.Select(g => g.Key).Union(table.Targets.Select(t => t.Revision));
        FrozenDictionary<string, RevisionRoute> revisions = names.ToFrozenDictionary(r => r, r =>
        {
            List<(PodEndpoint Endpoint, PodState State)> members = [.. podsByRevision[r].Select(p => (EndpointOf(p, known), p))];
            PodEndpoint[] ready = [.. members.Where(m => m.State.Ready).Select(m => m.Endpoint)];

            // As the proxies of Kubernetes do: pods that end serve on, so nothing is lost while their successors start.
            bool isEnding = ready.Length == 0;
            if (isEnding)
            {
                ready = [.. members.Where(m => m.State.Leaving).Select(m => m.Endpoint)];
            }

            return new RevisionRoute(r, [.. members.Select(m => m.Endpoint)], ready, isEnding);
        });

        // Leaving out who cannot serve hands its share to the others in proportion to their weights.
        List<RevisionWeight> weights =
            [.. table.Targets.Where(t => t.Weight > 0 && revisions[t.Revision].Ready.Count > 0)];
        bool isWhole = weights.Count == table.Targets.Count(t => t.Weight > 0);
        if (weights.Count == 0)
        {
            // A canary at 100 percent that loses its pods: the stable revision, in the table at 0 percent, is there to take over.
            weights = [.. table.Targets.Where(t => revisions[t.Revision].Ready.Count > 0).Select(t => t with { Weight = 1 })];
        }

        bool sameDraw = previous is not null && previous.TableVersion == table.Version && previous.Draw.Weights.SequenceEqual(weights);
        WeightedDraw draw = sameDraw ? previous!.Draw : new WeightedDraw(weights, isWhole);
        return new ModelRoute(table.Model, table.Version, draw, revisions, table.Feedback, table.MaxRequestMebibytes);
    }

    private static PodEndpoint EndpointOf(PodState pod, Dictionary<string, PodEndpoint> known) =>
        known.TryGetValue(pod.Uid, out PodEndpoint? endpoint) && endpoint.Address == pod.Address && endpoint.Revision == pod.Revision
            ? endpoint
            : new PodEndpoint(pod.Name, pod.Uid, pod.Revision, pod.Address, pod.Warm);
}
