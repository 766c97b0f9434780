using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>The routing table in the status. Its version grows with every change of the targets and stays otherwise.</summary>
internal sealed class Table(ModelDeploymentStatus status)
{
    /// <summary>Version of the table; 0 before there is one.</summary>
    public long Version => status.Routing?.Version ?? 0;

    public IReadOnlyList<TrafficTarget> Targets => status.Routing?.Targets ?? [];

    /// <summary>The revision's weight; 0 when it is not in the table.</summary>
    public int WeightOf(string? revision) => Targets.FirstOrDefault(target => target.Revision == revision)?.Weight ?? 0;

    public bool Contains(string revision) => Targets.Any(target => target.Revision == revision);

    /// <summary>Sends everything to one revision; the stand-ins get what none of its pods can take.</summary>
    public void SendAllTo(string revision, IEnumerable<string>? standIns = null) => Replace(
    [
        new TrafficTarget { Revision = revision, Weight = 100 },
        .. (standIns ?? []).Select(standIn => new TrafficTarget { Revision = standIn, Weight = 0 }),
    ]);

    /// <summary>
    /// Gives the canary its weight. Stable stays in the table at 0 percent too: it takes over when no canary pod is ready.
    /// </summary>
    public void Share(string stable, string canary, int weight) => Replace(
    [
        new TrafficTarget { Revision = stable, Weight = 100 - weight },
        new TrafficTarget { Revision = canary, Weight = weight },
    ]);

    private void Replace(List<TrafficTarget> targets)
    {
        if (!targets.Select(Key).SequenceEqual(Targets.Select(Key)))
        {
            status.Routing = new RoutingTable { Version = Version + 1, Targets = targets };
        }
    }

    private static (string Revision, int Weight) Key(TrafficTarget target) => (target.Revision, target.Weight);
}
