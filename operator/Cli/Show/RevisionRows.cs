using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary>The revisions that people care about: those with a role, with requests or with pods.</summary>
internal static class RevisionRows
{
    public static IEnumerable<string[]> Of(Model model, IReadOnlyList<RevisionPods>? pods)
    {
        var status = model.Status;
        return new[] { status.StableRevision, status.CanaryRevision }
            .Concat(status.Traffic.Select(target => target.Revision))
            .Concat(status.Rejected.Select(rejected => rejected.Revision))
            .Append(status.Undo?.From)
            .Concat((pods ?? []).Where(each => each.Ready > 0 || each.Wanted > 0).Select(each => each.Revision))
            .OfType<string>()
            .Where(revision => revision.Length > 0)
            .Distinct()
            .Select(revision => new[] { Words.Plain(revision), Role(status, revision), Weight(status, revision), Pods(pods, revision) });
    }

    private static string Role(ModelStatus status, string revision) =>
        revision == status.StableRevision ? "stable"
        : revision == status.CanaryRevision ? "canary"
        : status.Rejected.LastOrDefault(each => each.Revision == revision) is { } rejected ? $"rejected ({Words.Plain(rejected.Reason)})"
        : revision == status.Undo?.From ? "undone"
        : "earlier";

    // What the routers confirm, and what they are to do where that is something else.
    private static string Weight(ModelStatus status, string revision)
    {
        int? confirmed = WeightIn(status.Traffic, revision);
        int? asked = WeightIn(status.Routing?.Targets ?? status.Traffic, revision);
        return (confirmed, asked) switch
        {
            (null, null) => "-",
            _ when (confirmed ?? 0) == (asked ?? 0) => $"{confirmed ?? 0} %",
            _ => $"{confirmed ?? 0} %, {asked ?? 0} % to come",
        };
    }

    private static int? WeightIn(IReadOnlyList<Target> targets, string revision) =>
        targets.FirstOrDefault(target => target.Revision == revision)?.Weight;

    private static string Pods(IReadOnlyList<RevisionPods>? pods, string revision) => pods switch
    {
        null => "unknown",
        _ => pods.FirstOrDefault(each => each.Revision == revision) is { } found ? $"{found.Ready}/{found.Wanted}" : "-",
    };
}
