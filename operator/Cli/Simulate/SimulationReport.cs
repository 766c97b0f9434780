using ModelOperator.Analysis;

namespace ModelOperator.Cli.Simulate;

/// <summary>What the runs say together.</summary>
internal sealed record SimulationReport
{
    public required string Name { get; init; }

    public required int Runs { get; init; }

    public required int Seed { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required IReadOnlyList<OutcomeReport> Outcomes { get; init; }

    public required IReadOnlyList<GuardrailReport> Guardrails { get; init; }

    public required IReadOnlyList<StepReport> Steps { get; init; }

    public required CanaryReport Canary { get; init; }

    public static SimulationReport Of(SimulationSettings settings, IReadOnlyList<RunResult> runs) => new()
    {
        Name = settings.Name,
        Runs = settings.Runs,
        Seed = settings.Seed,
        RequestsPerSecond = settings.RequestsPerSecond,
        Outcomes = [.. Enum.GetValues<Outcome>().Select(outcome => OutcomeReport.Of(outcome, runs))],
        Guardrails =
        [
            .. settings.Spec.Rollout.Analysis.Guardrails.Select(
                (guardrail, i) => GuardrailReport.Of(guardrail.Name, [.. runs.Select(run => run.Verdicts[i])])),
        ],
        Steps = [.. settings.Spec.Rollout.Steps.Select((step, i) => StepReport.Of(i, step.Weight, runs))],
        Canary = CanaryReport.Of(settings, runs),
    };
}

/// <summary>One way a rollout can end.</summary>
internal sealed record OutcomeReport(Outcome Outcome, Probability Probability, Spread? Seconds, IReadOnlyList<ReasonReport> Reasons)
{
    public static OutcomeReport Of(Outcome outcome, IReadOnlyList<RunResult> runs)
    {
        var these = runs.Where(run => run.Outcome == outcome).ToList();
        var reasons = these
            .GroupBy(run => (run.Reason, run.HarmfulGuardrail))
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Reason, StringComparer.Ordinal)
            .ThenBy(group => group.Key.HarmfulGuardrail, StringComparer.Ordinal)
            .Select(group => new ReasonReport(group.Key.Reason, group.Key.HarmfulGuardrail, (double)group.Count() / runs.Count));
        return new OutcomeReport(
            outcome, Probability.Of(these.Count, runs.Count), Spread.Of(these.Select(run => (double)run.Seconds)), [.. reasons]);
    }
}

/// <summary>Why rollouts ended in one way, and in which share of all runs.</summary>
internal sealed record ReasonReport(string Reason, string? Guardrail, double Share);

/// <summary>A guardrail's verdict at the end: shares of the runs.</summary>
internal sealed record GuardrailReport(string Name, double Harmful, double Safe, double Undecided, double NoData)
{
    public static GuardrailReport Of(string name, IReadOnlyList<Verdict> verdicts)
    {
        double Share(params Verdict[] which) => (double)verdicts.Count(which.Contains) / verdicts.Count;
        return new GuardrailReport(
            name, Share(Verdict.Harmful), Share(Verdict.Safe), Share(Verdict.Continue, Verdict.Inconclusive), Share(Verdict.NoData));
    }
}

/// <summary>A step: the share of the runs that reached it, when, and how long they stayed.</summary>
internal sealed record StepReport(int Step, int Weight, double Reached, Spread? ReachedAfterSeconds, Spread? LastedSeconds)
{
    public static StepReport Of(int index, int weight, IReadOnlyList<RunResult> runs)
    {
        var reached = runs.Where(run => run.Steps.Count > index).ToList();
        return new StepReport(
            index + 1,
            weight,
            (double)reached.Count / runs.Count,
            Spread.Of(reached.Select(run => (double)run.Steps[index])),
            Spread.Of(
                reached.Select(run => (double)(run.Steps.Count > index + 1 ? run.Steps[index + 1] : run.Seconds) - run.Steps[index])));
    }
}
