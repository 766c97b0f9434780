namespace ModelOperator.Rollouts.Tests.Simulated;

/// <summary>Deployments whose pods take their time.</summary>
internal sealed class SimulatedCluster(Func<string, Behaviour> behaviour)
{
    private sealed class Revision(DateTimeOffset createdAt)
    {
        public DateTimeOffset CreatedAt { get; } = createdAt;
        public int Desired { get; set; }
        public List<int> PodsFrom { get; } = [];
    }

    private readonly Dictionary<string, Revision> _revisions = [];

    /// <summary>The revisions whose records are there.</summary>
    public HashSet<string> Records { get; } = [];

    public IReadOnlyCollection<string> Names => _revisions.Keys;

    public int Desired(string revision) => _revisions.TryGetValue(revision, out var r) ? r.Desired : 0;

    public int ReadyPods(string revision, int second)
    {
        var how = behaviour(revision);
        return _revisions.TryGetValue(revision, out var r) && how.StartSeconds is { } start && !(second >= how.BreaksAt)
            ? r.PodsFrom.Count(from => second - from >= start)
            : 0;
    }

    public IReadOnlyList<ObservedRevision> Observe(int second) =>
    [
        .. _revisions.Select(pair => new ObservedRevision
        {
            Revision = pair.Key,
            CreatedAt = pair.Value.CreatedAt,
            DesiredReplicas = pair.Value.Desired,
            Replicas = pair.Value.PodsFrom.Count,
            ReadyReplicas = ReadyPods(pair.Key, second),
            Failure = ReadyPods(pair.Key, second) < pair.Value.Desired ? behaviour(pair.Key).Failure : null,
        }),
    ];

    public void Apply(DeploymentPlan plan, int second, DateTimeOffset now)
    {
        switch (plan.Action)
        {
            case DeploymentAction.Delete:
                Records.Remove(plan.Revision);
                _revisions.Remove(plan.Revision);
                return;
            case DeploymentAction.Apply when !_revisions.ContainsKey(plan.Revision):
                _revisions[plan.Revision] = new Revision(now);
                break;
        }

        if (plan.Action == DeploymentAction.Apply)
        {
            Records.Add(plan.Revision);
        }

        var revision = _revisions[plan.Revision];
        revision.Desired = plan.Replicas;
        while (revision.PodsFrom.Count < plan.Replicas)
        {
            revision.PodsFrom.Add(second);
        }

        revision.PodsFrom.RemoveRange(plan.Replicas, revision.PodsFrom.Count - plan.Replicas);
    }

    public void Delete(string revision) => _revisions.Remove(revision);
}
