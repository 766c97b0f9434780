using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Control;

/// <summary>
/// The order that a command gives for a ModelDeployment as it is now. Each is aimed at the revision that the person sees, so that the
/// operator refuses it when another one has taken its place. Where there is nothing to do, it says so and no order is given.
/// </summary>
internal static class Orders
{
    public static string Promote(Model model, bool inFull, Place place) =>
        $"{(inFull ? "promote-full" : "promote")} {Canary(model, place)}";

    public static string Abort(Model model, Place place) => $"abort {Canary(model, place)}";

    public static string Retry(Model model, Place place)
    {
        var status = model.Status;
        return status.GivenUp is { } revision
            ? $"retry {revision}"
            : throw Refuse(model, status.CanaryRevision is { } canary
                ? $"has no rejected revision: canary {canary} is being tried"
                : $"has no rejected revision{Serving(model)}", place);
    }

    /// <param name="model">The ModelDeployment.</param>
    /// <param name="revision">Where to go back to; null for the stable revision before this.</param>
    /// <param name="place">Where the user looks.</param>
    public static string Undo(Model model, string? revision, Place place)
    {
        var status = model.Status;
        string[] known = [.. status.Revisions.Select(each => each.Revision)];
        if (revision is not null)
        {
            return !known.Contains(revision)
                ? throw Refuse(model, $"knows no revision {revision}; want one of {string.Join(", ", known)}", place)
                : revision == status.StableRevision
                    ? throw Refuse(model, status.CanaryRevision is { } given
                        ? $"has {revision} as its stable revision: to give canary {given} up, "
                            + $"run kubectl model abort {model.Name}{place.Options}"
                        : $"is at {revision} already{Serving(model)}", place)
                    : $"undo {revision}";
        }

        return status switch
        {
            { CanaryRevision: { } canary } => throw Refuse(
                model,
                $"has a rollout in progress: to give canary {canary} up, run kubectl model abort {model.Name}{place.Options}; "
                + "to go back further, name --to-revision",
                place),
            { StableRevision: null } => throw Refuse(model, "has no stable revision yet, and so none to go back to", place),
            { Earlier: { } earlier } => $"undo {earlier}",
            _ when known.Where(each => each != status.StableRevision).ToArray() is { Length: > 0 } others => throw Refuse(
                model,
                $"has no stable revision before this that is known; want --to-revision with one of {string.Join(", ", others)}",
                place),
            _ => throw Refuse(model, $"has had no other revision: there is none to go back to{Serving(model)}", place),
        };
    }

    public static string Restart(Model model, Place place) => model.Status is { StableRevision: not null, Replicas: > 0 }
        ? "restart"
        : throw Refuse(model, "serves nothing yet: there are no pods to restart", place);

    private static string Canary(Model model, Place place)
    {
        var status = model.Status;
        return status.CanaryRevision ?? throw Refuse(
            model,
            status switch
            {
                { Undo: { From: { } from } undo } =>
                    $"has no rollout in progress: {undo.By ?? "somebody"} went back from {from}{Serving(model)}. To try {from} again, "
                    + $"run kubectl model retry {model.Name}{place.Options}",
                { Rejected: [.., var rejected] } =>
                    $"has no rollout in progress: revision {rejected.Revision} was rejected ({rejected.Reason}){Serving(model)}. "
                    + $"To try it again, run kubectl model retry {model.Name}{place.Options}",
                { Phase: Phases.Initializing } => "has no canary: its first revision is coming up, and there is nothing to compare it with",
                { Phase: Phases.Promoting } =>
                    $"has no rollout in progress: {status.StableRevision} is stable, and the routers switch over to it",
                _ => $"has no rollout in progress{Serving(model)}",
            },
            place);
    }

    private static string Serving(Model model) =>
        model.Status.StableRevision is { } stable ? $": stable revision {stable} serves all requests" : "";

    private static CliException Refuse(Model model, string why, Place place) => CliException.Refused(
        model.Status.Phase is null ? $"{model.Name}: the operator has not looked at it yet; {Operator.HowToLook}"
        : model.IsObserved ? $"{model.Name} {why}"
        : $"{model.Name} {why}. The operator has not seen the latest change of the spec yet: "
            + $"look again with kubectl model status {model.Name}{place.Options}");
}
