using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Rollouts.Actions;

/// <summary>How far the step in progress is.</summary>
internal sealed record StepProgress
{
    public required string Stable { get; init; }
    public required string Canary { get; init; }
    public required int Index { get; init; }
    public required EffectiveStep Step { get; init; }
    public required EffectiveStep? NextStep { get; init; }
    public required int ReadyPods { get; init; }
    public required int CurrentCapacity { get; init; }
    public required int NextCapacity { get; init; }

    /// <summary>
    /// The routers have confirmed the step's weight and still answer, and so do the guardrails' own sources; it lasted long enough, with
    /// enough judged requests, ready pods and no suspicion.
    /// </summary>
    public required bool IsDone { get; init; }

    /// <summary>A person said that the step is not to be waited for, and there is a next one.</summary>
    public required bool IsOrdered { get; init; }

    /// <summary>Nothing but the pods of the next step is waited for.</summary>
    public bool MayAdvance => NextStep is not null && (IsDone || IsOrdered);

    /// <summary>The analysis deadline has passed.</summary>
    public required bool IsOverdue { get; init; }

    public required bool IsAllSafe { get; init; }
    public required bool IsSuspicious { get; init; }

    /// <summary>Every guardrail has counts of both arms, and no source of what is not decided is lost.</summary>
    public required bool HasData { get; init; }

    /// <summary>Routers and sources answer, and requests are split as the table says.</summary>
    public required bool IsHeard { get; init; }

    public bool IsLast => NextStep is null;

    /// <summary>Looks at the step, and notes in the status that the routers have confirmed it.</summary>
    public static StepProgress Observe(Scope scope)
    {
        var rollout = scope.Status.Rollout!;
        var steps = scope.Spec.Steps;
        string canary = scope.Status.CanaryRevision!;
        rollout.Steps = steps.Count;
        rollout.Step = Math.Clamp(rollout.Step, 0, steps.Count - 1);
        var step = steps[rollout.Step];
        if (scope.Table.WeightOf(canary) == step.Weight && scope.IsConfirmed)
        {
            rollout.StepConfirmedAt ??= scope.Now;
            rollout.AnalysisStartedAt ??= scope.Now;
        }

        int ready = scope.Find(canary)?.ReadyReplicas ?? 0;
        int capacity = Capacity.For(scope.Replicas, step.Weight);
        var next = rollout.Step + 1 < steps.Count ? steps[rollout.Step + 1] : null;
        bool hears = scope.World.Routers.Any(router => router.Report is not null) && !scope.IsSkewed;
        bool sourcesAnswer = !scope.Deciding.Any(
            pair => pair.Known.Source?.Problem is not null && pair.Verdict.Judgement.Verdict != Verdict.Safe);
        bool suspicious = scope.Deciding.Any(pair => pair.Verdict.Judgement.IsSuspicious);
        return new StepProgress
        {
            Stable = scope.Status.StableRevision!,
            Canary = canary,
            Index = rollout.Step,
            Step = step,
            NextStep = next,
            ReadyPods = ready,
            CurrentCapacity = capacity,
            NextCapacity = next is null ? capacity : Capacity.For(scope.Replicas, next.Weight),
            IsOrdered = next is not null && Pauses.IsOrdered(rollout, rollout.Step),
            IsDone = scope.Table.WeightOf(canary) == step.Weight
                && scope.Now - rollout.StepConfirmedAt >= step.Duration
                && HasAnswers(scope, step)
                && hears
                && sourcesAnswer
                && ready >= capacity
                && !suspicious,
            IsOverdue = Pauses.DeadlineAt(scope) <= scope.Now,
            IsAllSafe = scope.Deciding.All(pair => pair.Verdict.Judgement.Verdict == Verdict.Safe),
            IsSuspicious = suspicious,
            IsHeard = hears && sourcesAnswer,
            HasData = hears && sourcesAnswer && scope.Deciding.All(pair => pair.Verdict.Judgement.Verdict != Verdict.NoData),
        };
    }

    /// <summary>
    /// Whether enough of the canary's answers at this weight were judged. Where gates are the only guardrails they look at the canary in
    /// their own way: their verdict is as good, and needs no requests of users.
    /// </summary>
    public static bool HasAnswers(Scope scope, EffectiveStep step) =>
        scope.Status.Rollout!.StepRequests >= step.MinRequests
        || (!step.IsMinimumAsked
            && scope.Deciding.All(pair => pair.Verdict is { Guardrail.IsGate: true, Judgement.Verdict: Verdict.Safe }));

    /// <summary>
    /// Sets the weight that is due, once the pods for it are ready: less weight at once, more weight only with the capacity for it.
    /// </summary>
    public void MoveTable(Scope scope, int pods)
    {
        int weight = scope.Table.WeightOf(Canary);
        if (MayAdvance && NextStep is { } next && ReadyPods >= Math.Max(pods, NextCapacity))
        {
            scope.By = IsOrdered ? scope.Status.Rollout!.Order!.By : null;
            SetWeight(scope, Index + 1, next.Weight);
            scope.Decide(
                DecisionActions.StepAdvanced,
                Canary,
                Reasons.StepAdvanced,
                $"canary {Canary} is to get {next.Weight} percent of requests, step {Index + 2} of {scope.Spec.Steps.Count}: "
                + $"{Story.Verdicts(scope)}");
        }
        else if (weight > Step.Weight || (weight < Step.Weight && ReadyPods >= CurrentCapacity))
        {
            // The steps in the spec were changed under way.
            SetWeight(scope, Index, Step.Weight);
        }
    }

    private void SetWeight(Scope scope, int index, int weight)
    {
        var rollout = scope.Status.Rollout!;
        if (index != Index)
        {
            Pauses.Leave(scope);
        }

        scope.Table.Share(Stable, Canary, weight);
        rollout.Step = index;
        rollout.StepConfirmedAt = null;
        (rollout.StepRequests, rollout.BlockRequests) = (0, 0);
    }
}
