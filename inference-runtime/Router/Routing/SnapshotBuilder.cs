using System.Collections.Frozen;

namespace ModelOperator.Router.Routing;

/// <summary>
/// Makes a snapshot of tables and pods. What has a memory is carried over from the previous one: the endpoint of a pod that
/// is still the same (in flight, ejected, warm), and the block being drawn from while the table and who can serve stay the same.
/// </summary>
internal static class SnapshotBuilder
{
    public static RoutingSnapshot Build(RoutingSnapshot previous, IEnumerable<ModelTable> tables, IEnumerable<PodState> pods)
    {
        ILookup<string, PodState> podsByModel = pods.ToLookup(p => p.Model);
        return new RoutingSnapshot(tables.ToFrozenDictionary(
            t => t.Model, t => BuildModel(previous.Find(t.Model), t, podsByModel[t.Model])));
    }

    private static ModelRoute BuildModel(ModelRoute? previous, ModelTable table, IEnumerable<PodState> pods)
    {
        Dictionary<string, PodEndpoint> known =
            previous?.Revisions.Values.SelectMany(r => r.Pods).ToDictionary(p => p.Uid) ?? [];

        ILookup<string, PodState> podsByRevision = pods.ToLookup(p => p.Revision);
        IEnumerable<string> names = podsByRevision.Select(g => g.Key).Union(table.Targets.Select(t => t.Revision));
        FrozenDictionary<string, RevisionRoute> revisions = names.ToFrozenDictionary(r => r, r =>
        {
            List<(PodEndpoint Endpoint, bool Ready)> members = [.. podsByRevision[r].Select(p => (EndpointOf(p, known), p.Ready))];
            return new RevisionRoute(r, [.. members.Select(m => m.Endpoint)], [.. members.Where(m => m.Ready).Select(m => m.Endpoint)]);
        });

        // Leaving out who cannot serve hands its share to the others in proportion to their weights.
        List<RevisionWeight> weights =
            [.. table.Targets.Where(t => t.Weight > 0 && revisions[t.Revision].Ready.Count > 0)];
        if (weights.Count == 0)
        {
            // A canary at 100 percent that loses its pods: the stable revision, in the table at 0 percent, is there to take over.
            weights = [.. table.Targets.Where(t => revisions[t.Revision].Ready.Count > 0).Select(t => t with { Weight = 1 })];
        }

        bool sameDraw = previous is not null && previous.TableVersion == table.Version && previous.Draw.Weights.SequenceEqual(weights);
        return new ModelRoute(table.Model, table.Version, sameDraw ? previous!.Draw : new WeightedDraw(weights), revisions, table.Feedback, table.MaxRequestMebibytes);
    }

    private static PodEndpoint EndpointOf(PodState pod, Dictionary<string, PodEndpoint> known) =>
        known.TryGetValue(pod.Uid, out PodEndpoint? endpoint) && endpoint.Address == pod.Address && endpoint.Revision == pod.Revision
            ? endpoint
            : new PodEndpoint(pod.Name, pod.Uid, pod.Revision, pod.Address, pod.Warm);
}
