using ModelOperator.Api;
using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Play;

/// <summary>Plays the acts against a cluster in which the operator runs, and judges how each ended.</summary>
public sealed class Player(
    Kubectl kubectl, Observer observer, DemoManifests manifests, Timeline timeline, FailureReporter failures, TimeProvider time,
    string? disruption)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);

    // On a machine that other work keeps busy the load is light, and the evidence takes its time.
    private static readonly TimeSpan ActLimit = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private readonly List<ActResult> results = [];
    private LoadReport? counted;

    /// <summary>The acts that have ended.</summary>
    public IReadOnlyList<ActResult> Results => results;

    /// <summary>How long it took until the first model served under load.</summary>
    public TimeSpan StageTime { get; private set; }

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        try
        {
            long start = time.GetTimestamp();
            await SetTheStageAsync(cancellationToken);
            StageTime = time.GetElapsedTime(start);
            foreach (var act in Act.All)
            {
                var result = await PlayAsync(act, cancellationToken);
                results.Add(result);
                if (!result.AsExpected)
                {
                    await failures.KeepLogsAsync(cancellationToken);
                }
            }
        }
        catch (Exception error) when (error is KubectlException or TimeoutException or InvalidOperationException)
        {
            await failures.KeepLogsAsync(cancellationToken);
            throw;
        }
    }

    private async Task SetTheStageAsync(CancellationToken cancellationToken)
    {
        timeline.Heading("Model store, ModelDeployment digits with v1, load generator");
        await kubectl.ApplyAsync(manifests.Namespace, cancellationToken);
        await kubectl.ApplyAsync(manifests.Store, cancellationToken);
        await kubectl.RunAsync(["rollout", "status", "deployment/model-store", "--timeout=170s"], cancellationToken);
        await kubectl.ApplyAsync(manifests.Digits("digits-v1.onnx"), cancellationToken);
        await WaitAsync(
            StartLimit, "digits to be Ready with v1", (deployment, _) => IsSettled(deployment), withLoad: false, cancellationToken);
        await kubectl.ApplyAsync(manifests.Load, cancellationToken);
        await kubectl.RunAsync(["rollout", "status", "deployment/load", "--timeout=170s"], cancellationToken);
        await WaitAsync(StartLimit, "the first requests", (_, load) => load!.Requests > 100, withLoad: true, cancellationToken);
        counted = new LoadReport { Started = (await PatientlyAsync(observer.LoadAsync, cancellationToken)).Started };
    }

    private async Task<ActResult> PlayAsync(Act act, CancellationToken cancellationToken)
    {
        timeline.Heading(act.Title);
        var before = counted!;
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
        var ended = await WaitAsync(
            ActLimit, "traffic to settle", (deployment, _) => IsSettled(deployment), withLoad: true, cancellationToken);
        var (verdict, reason) = VerdictOn(canary!, ended);
        var after = await PatientlyAsync(observer.LoadAsync, cancellationToken);
        await failures.TellAsync(after, cancellationToken);
        counted = after;
        var result = new ActResult(
            act, verdict, reason, duration,
            after.Revisions.GetValueOrDefault(canary!)?.Requests ?? 0,
            after.Failed - before.Failed + after.FeedbackFailed - before.FeedbackFailed,
            after.NotSent - before.NotSent);
        timeline.Say(
            $"{verdict}{(reason.Length > 0 ? $" ({reason})" : "")} after {duration.TotalSeconds:F0} s, "
            + $"{result.CanaryRequests} requests to the canary");
        return result;
    }

    private async Task<ModelDeployment> WaitAsync(
        TimeSpan limit, string what, Func<ModelDeployment, LoadReport?, bool> isDone, bool withLoad, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < limit)
        {
            var deployment = await PatientlyAsync(observer.DeploymentAsync, cancellationToken);
            var load = withLoad ? await PatientlyAsync(observer.LoadAsync, cancellationToken) : null;
            if (load is not null && counted is not null)
            {
                await CheckAsync(load, cancellationToken);
            }

            timeline.Show(deployment, load);
            if (isDone(deployment, load))
            {
                return deployment;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }

        throw new TimeoutException($"Waited {limit.TotalSeconds} s for {what}. See: kubectl describe modeldeployment digits");
    }

    private async Task CheckAsync(LoadReport load, CancellationToken cancellationToken)
    {
        if (load.Started != counted!.Started)
        {
            throw new InvalidOperationException(
                "The load generator was restarted, and what it had counted is lost: "
                + "kubectl describe pod --selector app.kubernetes.io/name=load");
        }

        await failures.TellAsync(load, cancellationToken);
    }

    /// <summary>On a busy machine an API server answers late, or says that it is busy: that is no end of the play.</summary>
    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> observe, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        long told = start;
        while (true)
        {
            try
            {
                return await observe(cancellationToken);
            }
            catch (KubectlException error) when (time.GetElapsedTime(start) < StartLimit)
            {
                if (time.GetElapsedTime(told) > WorthTelling)
                {
                    told = time.GetTimestamp();
                    timeline.Say($"Asked again: {error.Message}");
                }

                await Task.Delay(Poll, time, cancellationToken);
            }
        }
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
            : status.StableRevision == canary
                ? (Verdict.Promoted, status.History?.LastOrDefault(decision => decision.Revision == canary)?.Reason ?? "")
            : (Verdict.None, "");
    }
}
