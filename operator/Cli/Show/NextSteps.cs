using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary>A command that makes sense now.</summary>
internal sealed record NextStep(string Verb, string Arguments, string Effect);

/// <summary>What a person can do in the state that a ModelDeployment is in.</summary>
internal static class NextSteps
{
    public static IEnumerable<NextStep> For(Model model)
    {
        var status = model.Status;
        if (model.IsPaused)
        {
            yield return new("resume", "", "the rollout goes on");
        }

        if (status.CanaryRevision is { } back && back == status.Undo?.Revision)
        {
            yield return new("abort", "", $"gives up going back to {back}; what the spec asks for counts again");
            yield break;
        }

        if (status.CanaryRevision is { } canary)
        {
            if (status.Evaluation is { State: "Error" })
            {
                yield return new("retry", "", "evaluates it again");
            }

            if (Promote(model) is { } effect)
            {
                yield return new("promote", "", effect);
            }

            yield return new("promote", " --full", $"makes {canary} stable, whatever the evidence says");
            yield return new("abort", "", $"gives {canary} up: all requests go to {status.StableRevision ?? "no revision"}");
            if (!model.IsPaused)
            {
                yield return new("pause", "", $"{canary} keeps its weight until: kubectl model resume");
            }

            yield break;
        }

        if (status.GivenUp is { } revision)
        {
            yield return new("retry", "", $"tries {revision} again");
        }

        if (status is { Earlier: { } earlier, Undo: null })
        {
            yield return new("undo", "", $"goes back to {earlier}, which was stable before {status.StableRevision}");
        }
    }

    private static string? Promote(Model model) => model.Status.Rollout switch
    {
        { PausedSince: not null } when model.IsPaused => "ends this step; it stays paused after that, and evidence still decides",
        { PausedSince: not null } => "ends this pause; evidence still decides",
        { ReadyAt: not null } rollout when rollout.Step + 1 < rollout.Steps =>
            "ends this step without waiting for its time and requests; evidence still decides",
        _ => null,
    };
}
