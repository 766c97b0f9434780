namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.rollout.</summary>
internal static class RolloutRules
{
    public static IEnumerable<FieldError> Check(RolloutSpec? rollout) =>
        rollout is null ? [] : [.. EvaluationRules.Check(rollout.Evaluation), .. Steps(rollout.Steps ?? []), .. Analysis(rollout.Analysis)];

    private static IEnumerable<FieldError> Steps(List<RolloutStep> steps)
    {
        int before = 0;
        for (var i = 0; i < steps.Count; i++)
        {
            var field = $"spec.rollout.steps[{i}]";
            var (weight, pause) = (steps[i].Weight, steps[i].Pause);
            if ((weight is null) == (pause is null))
            {
                yield return FieldError.Of(
                    field, weight is null ? "{}" : "weight and pause",
                    "is no step; want either weight, or pause ({} for one that a person ends)");
            }
            else if (pause is not null && (steps[i].DurationSeconds ?? steps[i].MinRequests) is { } misplaced)
            {
                yield return FieldError.Of(
                    steps[i].DurationSeconds is null ? $"{field}.minRequests" : $"{field}.durationSeconds",
                    misplaced,
                    "belongs to a weight; want pause.durationSeconds for how long a pause takes");
            }
            else if (pause is not null && i > 0 && steps[i - 1].Pause is not null)
            {
                yield return FieldError.Of($"{field}.pause", "{}", "follows another pause; want one of the two");
            }

            if (weight < before)
            {
                yield return FieldError.Of(
                    $"{field}.weight", weight.Value, $"is less than the {before} of the step before; weights must not decrease");
            }

            before = weight ?? before;
        }

        if (steps.Count > 0 && steps.TrueForAll(step => step.Weight is null))
        {
            yield return FieldError.Of(
                "spec.rollout.steps", $"{steps.Count} pauses", "gives the canary no requests; want at least one step with a weight");
        }
    }

    private static IEnumerable<FieldError> Analysis(AnalysisSpec? analysis)
    {
        if (analysis is null)
        {
            yield break;
        }

        var interval = analysis.IntervalSeconds ?? Defaults.IntervalSeconds;
        var deadline = analysis.DeadlineSeconds ?? Defaults.DeadlineSeconds;
        if (interval > deadline)
        {
            yield return FieldError.Of(
                "spec.rollout.analysis.intervalSeconds", interval,
                $"is longer than deadlineSeconds ({deadline}), so the rollout would end before anything is compared; want at most that");
        }

        var guardrails = analysis.Guardrails ?? [];
        if (guardrails.Count > 0 && guardrails.TrueForAll(guardrail => guardrail.OnHarm == HarmAction.Warn))
        {
            yield return FieldError.Text(
                "spec.rollout.analysis.guardrails[0].onHarm", nameof(HarmAction.Warn),
                "is what all guardrails have, so that nothing decides; want Rollback for at least one");
        }

        for (var i = 0; i < guardrails.Count; i++)
        {
            var name = guardrails[i].Name;
            if (guardrails.FindIndex(other => other.Name == name) < i)
            {
                yield return FieldError.Text(
                    $"spec.rollout.analysis.guardrails[{i}].name", name, "is the name of an earlier guardrail; names must be unique");
            }

            foreach (var error in GuardrailRules.Check($"spec.rollout.analysis.guardrails[{i}]", guardrails[i]))
            {
                yield return error;
            }
        }
    }
}
