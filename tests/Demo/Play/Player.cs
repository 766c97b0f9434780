using ModelOperator.Api;
using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>Plays the acts against a cluster in which the operator runs, and judges how each ended.</summary>
public sealed class Player(
    Kubectl kubectl, Observer observer, DemoManifests manifests, Timeline timeline, TimeProvider time, string? disruption)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan ActLimit = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public async Task<IReadOnlyList<ActResult>> PlayAsync(CancellationToken cancellationToken)
    {
        await SetTheStageAsync(cancellationToken);
        var results = new List<ActResult>();
        foreach (var act in Act.All)
        {
            results.Add(await PlayAsync(act, cancellationToken));
        }

        return results;
    }

    private async Task SetTheStageAsync(CancellationToken cancellationToken)
    {
        timeline.Heading("Model store, ModelDeployment digits with v1, load generator");
        await kubectl.ApplyAsync(manifests.Namespace, cancellationToken);
        await kubectl.ApplyAsync(manifests.Store, cancellationToken);
        await kubectl.RunAsync(["rollout", "status", "deployment/model-store", "--timeout=55s"], cancellationToken);
        await kubectl.ApplyAsync(manifests.Digits("digits-v1.onnx"), cancellationToken);
        await WaitAsync(StartLimit, "digits to be Ready with v1", (deployment, _) => IsSettled(deployment), withLoad: false, cancellationToken);
        await kubectl.ApplyAsync(manifests.Load, cancellationToken);
        await kubectl.RunAsync(["rollout", "status", "deployment/load", "--timeout=55s"], cancellationToken);
        await WaitAsync(StartLimit, "the first requests", (_, load) => load!.Requests > 100, withLoad: true, cancellationToken);
    }

    private async Task<ActResult> PlayAsync(Act act, CancellationToken cancellationToken)
    {
        timeline.Heading(act.Title);
        var before = await observer.LoadAsync(cancellationToken);
        long start = time.GetTimestamp();
        await kubectl.ApplyAsync(manifests.Digits(act.ModelFile), cancellationToken);
        string? canary = null;
        bool disrupted = disruption is null;
        await WaitAsync(
            ActLimit, $"{act.Title} to end",
            (deployment, _) =>
            {
                canary ??= Answered(deployment) ? deployment.Status?.CanaryRevision : null;
                if (!disrupted && canary is not null && IsMidway(act, deployment))
                {
                    disrupted = true;
                    timeline.Say($"Disruption: {disruption}");
                    Disruption.Run(disruption!);
                }

                return canary is not null && VerdictOn(canary, deployment).Verdict != Verdict.None;
            },
            withLoad: true, cancellationToken);
        var duration = time.GetElapsedTime(start);
        var ended = await WaitAsync(ActLimit, "traffic to settle", (deployment, _) => IsSettled(deployment), withLoad: true, cancellationToken);
        var (verdict, reason) = VerdictOn(canary!, ended);
        var after = await observer.LoadAsync(cancellationToken);
        foreach (string failure in after.Failures.Skip(before.Failures.Count))
        {
            timeline.Say($"FAILED {failure}");
        }

        var result = new ActResult(
            act, verdict, reason, duration,
            after.Revisions.GetValueOrDefault(canary!)?.Requests ?? 0,
            after.Failed - before.Failed + after.FeedbackFailed - before.FeedbackFailed);
        timeline.Say($"{verdict}{(reason.Length > 0 ? $" ({reason})" : "")} after {duration.TotalSeconds:F0} s, {result.CanaryRequests} requests to the canary");
        return result;
    }

    private async Task<ModelDeployment> WaitAsync(
        TimeSpan limit, string what, Func<ModelDeployment, LoadReport?, bool> isDone, bool withLoad, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < limit)
        {
            var deployment = await observer.DeploymentAsync(cancellationToken);
            var load = withLoad ? await observer.LoadAsync(cancellationToken) : null;
            timeline.Show(deployment, load);
            if (isDone(deployment, load))
            {
                return deployment;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }

        throw new TimeoutException($"Waited {limit.TotalSeconds} s for {what}. See: kubectl describe modeldeployment digits");
    }

    private static bool Answered(ModelDeployment deployment) =>
        deployment.Status?.ObservedGeneration == deployment.Metadata.Generation;

    private static bool IsMidway(Act act, ModelDeployment deployment) =>
        act.CanaryServes ? deployment.Status?.CanaryWeight > 0 : deployment.Status?.Phase == RolloutPhase.Starting;

    private static bool IsSettled(ModelDeployment deployment) =>
        Answered(deployment)
        && deployment.Status is { CanaryRevision: null, Phase: RolloutPhase.Stable or RolloutPhase.Rejected } status
        && status.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static (Verdict Verdict, string Reason) VerdictOn(string canary, ModelDeployment deployment)
    {
        var status = deployment.Status!;
        var rejected = status.Rejected?.FirstOrDefault(revision => revision.Revision == canary);
        return rejected is not null ? (Verdict.RolledBack, rejected.Reason)
            : status.StableRevision == canary ? (Verdict.Promoted, status.History?.LastOrDefault(decision => decision.Revision == canary)?.Reason ?? "")
            : (Verdict.None, "");
    }
}
