namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.rollout.</summary>
internal static class RolloutRules
{
    public static IEnumerable<FieldError> Check(RolloutSpec? rollout) =>
        rollout is null ? [] : [.. EvaluationRules.Check(rollout.Evaluation), .. Steps(rollout.Steps ?? []), .. Analysis(rollout.Analysis)];

    private static IEnumerable<FieldError> Steps(List<RolloutStep> steps)
    {
        for (var i = 1; i < steps.Count; i++)
        {
            if (steps[i].Weight < steps[i - 1].Weight)
            {
                yield return FieldError.Of(
                    $"spec.rollout.steps[{i}].weight", steps[i].Weight, $"is less than the {steps[i - 1].Weight} of the step before; weights must not decrease");
            }
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
                "spec.rollout.analysis.intervalSeconds", interval, $"is longer than deadlineSeconds ({deadline}), so the rollout would end before anything is compared; want at most that");
        }

        var guardrails = analysis.Guardrails ?? [];
        if (guardrails.Count > 0 && guardrails.TrueForAll(guardrail => guardrail.OnHarm == HarmAction.Warn))
        {
            yield return FieldError.Text(
                "spec.rollout.analysis.guardrails[0].onHarm", nameof(HarmAction.Warn), "is what all guardrails have, so that nothing decides; want Rollback for at least one");
        }

        for (var i = 0; i < guardrails.Count; i++)
        {
            var name = guardrails[i].Name;
            if (guardrails.FindIndex(other => other.Name == name) < i)
            {
                yield return FieldError.Text($"spec.rollout.analysis.guardrails[{i}].name", name, "is the name of an earlier guardrail; names must be unique");
            }

            foreach (var error in GuardrailRules.Check($"spec.rollout.analysis.guardrails[{i}]", guardrails[i]))
            {
                yield return error;
            }
        }
    }
}
