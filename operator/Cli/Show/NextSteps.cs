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

        if (status.CanaryRevision is { } canary)
        {
            if (model.IsAtPause)
            {
                yield return new("promote", "", "ends this pause; evidence still decides");
            }
            else if (status.Phase == Phases.Analyzing)
            {
                yield return new("promote", "", "ends this step without waiting for its time and requests; evidence still decides");
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

        if (status.HasEarlier)
        {
            yield return new("undo", "", $"goes back to the stable revision before {status.StableRevision}");
        }
    }
}
