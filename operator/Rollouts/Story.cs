using System.Globalization;
using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Actions;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts;

/// <summary>The pieces of sentences for people. Nothing in them ticks: a status that says the same is the same.</summary>
internal static class Story
{
    public static string Pods(int count) => count == 1 ? "1 pod" : $"{count} pods";

    public static string Time(TimeSpan time) => time.TotalSeconds == 1 ? "1 second" : $"{time.TotalSeconds:0} seconds";

    public static string Ready(Scope scope, string revision, int wanted) =>
        $"{Math.Min(scope.Find(revision)?.ReadyReplicas ?? 0, wanted)} of {Pods(wanted)} ready";

    public static string WhyNotReady(Scope scope, string revision, int wanted)
    {
        string ready = Ready(scope, revision, wanted);
        return scope.Find(revision)?.Failure is { } failure ? $"{ready}; {failure.Reason}: {failure.Message}" : ready;
    }

    public static string Confirmations(Scope scope)
    {
        var routers = scope.World.Routers;
        int confirmed = routers.Count(router => router.Report?.TableVersion >= scope.Table.Version);
        return routers.Count == 0
            ? $"no router is ready to confirm it{WhyNoRouter(scope)}"
            : $"{confirmed} of {routers.Count} routers confirm it";
    }

    /// <summary>Why no router is ready, to be put at the end of a sentence.</summary>
    public static string WhyNoRouter(Scope scope) =>
        scope.World.RouterFailure is { } failure ? $": {failure.Reason}: {failure.Message}" : "";

    /// <summary>How long the trial was and how much the canary saw, to be put at the end of a sentence.</summary>
    public static string Trial(Scope scope)
    {
        var rollout = scope.Status.Rollout!;
        string lost = rollout.LostTicks == 0 ? "" : $"; {rollout.LostTicks} seconds of router reports were lost and count for nothing";
        return string.Create(
            CultureInfo.InvariantCulture,
            $" ({Time(scope.Now - rollout.StartedAt)} after the start, {rollout.CanaryRequests:N0} canary requests{lost})");
    }

    public static string Safe(Scope scope) => string.Join("; ", scope.Verdicts.Select(v => $"{v.Guardrail.Name}: {v.Sentence}"));

    public static string Undecided(Scope scope) =>
        $"no verdict after {Time(scope.Spec.Analysis.Deadline)}"
        + $"{(scope.World.Routers.Any(r => r.Report is not null) ? "" : ", and no router answers")}"
        + $"{(scope.IsSkewed ? ", and requests are not split as the routing table says" : "")}: "
        + string.Join("; ", scope.Deciding
            .Select(pair => pair.Verdict)
            .Where(v => v.Judgement.Verdict != Verdict.Safe)
            .Select(v => $"{v.Guardrail.Name}: {v.Sentence}"));

    /// <summary>Which of the guardrails' own sources give no answer that can be used; null when all do.</summary>
    public static string? LostSources(Scope scope)
    {
        var lost = scope.Deciding
            .Where(pair => pair.Known.Source?.Problem is not null && pair.Verdict.Judgement.Verdict != Verdict.Safe)
            .Select(pair => pair.Known)
            .ToList();
        return lost.Count == 0
            ? null
            : $"nothing is decided by {string.Join(" and ", lost.Select(known => $"{known.Guardrail.Name} ({known.Source!.Problem})"))} "
                + "until it answers";
    }

    public static string Verdicts(Scope scope) =>
        string.Join(
            ", ", scope.Verdicts.Select(v => $"{v.Guardrail.Name} {Word(v.Judgement)}{(v.Guardrail.WarnsOnly ? " (only warns)" : "")}"));

    /// <summary>What a canary with traffic waits for.</summary>
    public static string Comparing(Scope scope, StepProgress step, int pods)
    {
        var rollout = scope.Status.Rollout!;
        var waits = new List<string>();
        if (step.ReadyPods < pods)
        {
            waits.Add($"pods: {WhyNotReady(scope, step.Canary, pods)}");
        }

        if (rollout.StepConfirmedAt is not { } confirmed)
        {
            waits.Add($"routers: {Confirmations(scope)}");
        }
        else
        {
            if (scope.Now - confirmed < step.Step.Duration)
            {
                waits.Add($"{Time(step.Step.Duration)} from {confirmed.UtcDateTime:HH:mm:ss} UTC");
            }

            if (!StepProgress.HasAnswers(scope, step.Step))
            {
                waits.Add($"{step.Step.MinRequests - rollout.StepRequests} more requests");
            }
        }

        if (scope.AwaitsTruth)
        {
            waits.Add($"ground truth: {Truth(scope)}");
        }

        if (scope.IsSkewed)
        {
            waits.Add($"traffic: {SplitWatch.Describe(scope)}");
        }

        waits.Add($"evidence: {Verdicts(scope)}");
        return $"canary {step.Canary} gets {scope.Table.WeightOf(step.Canary)} percent of requests, "
            + $"step {step.Index + 1} of {rollout.Steps}; "
            + string.Join("; ", waits);
    }

    private static string Truth(Scope scope) => string.Join("; ", scope.Evidence
        .OfType<CountedGuardrail>()
        .Where(known => known.Guardrail.Type == GuardrailType.Accuracy)
        .Select(known => string.Create(
            CultureInfo.InvariantCulture,
            $"{known.Guardrail.Name} has it for {known.Evidence.Total.Canary.Total:N0} of the canary's "
            + $"{scope.Status.Rollout!.CanaryRequests:N0} answers")));

    private static string Word(Judgement judgement) => judgement switch
    {
        { Verdict: Verdict.Harmful } => "harmful",
        { IsSuspicious: true } => $"suspicious ({Sentence.Odds(judgement.HarmOdds)})",
        { Verdict: Verdict.Safe } => "safe",
        { Verdict: Verdict.NoData } => "without data",
        _ => "not decided yet",
    };
}
