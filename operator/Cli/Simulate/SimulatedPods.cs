using ModelOperator.Rollouts;

namespace ModelOperator.Cli.Simulate;

/// <summary>The Deployments and their pods, each ready some time after it was made.</summary>
internal sealed class SimulatedPods(int startupSeconds)
{
    private readonly Dictionary<string, List<int>> _madeAt = new(StringComparer.Ordinal);

    /// <summary>Does what a plan asks for.</summary>
    public void Apply(IEnumerable<DeploymentPlan> plans, int second)
    {
        foreach (var plan in plans)
        {
            if (plan.Action == DeploymentAction.Delete)
            {
                _madeAt.Remove(plan.Revision);
                continue;
            }

            if (!_madeAt.TryGetValue(plan.Revision, out var pods))
            {
                _madeAt[plan.Revision] = pods = [];
            }

            pods.AddRange(Enumerable.Repeat(second, Math.Max(0, plan.Replicas - pods.Count)));
            pods.RemoveRange(plan.Replicas, pods.Count - plan.Replicas);
        }
    }

    /// <summary>The next second in which a pod becomes ready; null when all are.</summary>
    public int? NextReady(int second)
    {
        int? next = null;
        foreach (int ready in _madeAt.Values.SelectMany(pods => pods).Select(made => made + startupSeconds))
        {
            next = ready > second && !(next <= ready) ? ready : next;
        }

        return next;
    }

    /// <summary>What is there.</summary>
    public IReadOnlyList<ObservedRevision> Observe(int second, DateTimeOffset start) =>
    [
        .. _madeAt.Select(revision => new ObservedRevision
        {
            Revision = revision.Key,
            CreatedAt = start,
            DesiredReplicas = revision.Value.Count,
            Replicas = revision.Value.Count,
            ReadyReplicas = revision.Value.Count(made => second >= made + startupSeconds),
        }),
    ];
}
