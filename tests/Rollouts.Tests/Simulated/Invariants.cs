using System.Text.Json;
using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Tests.Simulated;

/// <summary>What holds for every plan, whatever the world does.</summary>
internal sealed class Invariants
{
    private long _version;

    public void Check(PlannerInput input, Plan plan)
    {
        Assert.Multiple(() =>
        {
            CheckTable(input, plan);
            CheckPromotion(input, plan);
            CheckSplit(input, plan);
            CheckDeployments(input, plan);
            CheckIdempotence(input, plan);
            CheckLimits(plan.Status);
        });
        _version = plan.Status.Routing?.Version ?? 0;
    }

    private void CheckTable(PlannerInput input, Plan plan)
    {
        var table = plan.Status.Routing;
        if (table is null)
        {
            return;
        }

        Assert.That(table.Targets.Sum(target => target.Weight), Is.EqualTo(100), "weights add up to 100");
        Assert.That(table.Version, Is.GreaterThanOrEqualTo(_version), "versions never fall");
        bool changed = Weights(table) != Weights(input.Status?.Routing);
        Assert.That(
            table.Version > (input.Status?.Routing?.Version ?? 0),
            Is.EqualTo(changed),
            "the version grows exactly when the targets change");
        bool Answers(RoutingTable? one) => one?.Targets.Exists(target => input.World.Find(target.Revision)?.ReadyReplicas > 0) == true;
        Assert.That(
            Answers(table) || !Answers(input.Status?.Routing) || input.Spec.Replicas == 0,
            "no table points away from the only pods that answer");
        if (plan.Status.CanaryRevision is { } canary)
        {
            int before = WeightOf(input.Status?.Routing, canary);
            int after = WeightOf(table, canary);
            int needed = Math.Max(1, (int)Math.Ceiling(input.Spec.Replicas * after / 100.0));
            Assert.That(
                after <= before || input.World.Find(canary)?.ReadyReplicas >= needed,
                $"the canary's weight rises to {after} only with {needed} ready pods");
        }
    }

    private static void CheckPromotion(PlannerInput input, Plan plan)
    {
        if (input.Status?.StableRevision is not { } before || plan.Status.StableRevision == before
            || plan.Status.StableRevision is not { } promoted)
        {
            return;
        }

        if (input.World.Find(before) is null)
        {
            return;
        }

        bool allSafe = plan.Status.Analysis!.TrueForAll(g => g.Verdict == nameof(Verdict.Safe));
        bool bySpec = input.Spec.Rollout.Analysis.OnInconclusive == InconclusiveAction.Promote
            && plan.Status.Analysis!.TrueForAll(g => g.Verdict is nameof(Verdict.Safe) or nameof(Verdict.Inconclusive));
        bool byOrder = input.Status.Rollout?.Order?.Kind == RolloutOrderKind.Full || input.Control?.Text == "promote-full";
        Assert.That(
            allSafe || bySpec || byOrder,
            "promoted only when every guardrail is safe, the data could not tell in time and the spec says so, or a person does");
        Assert.That(
            input.World.Find(promoted)?.ReadyReplicas,
            Is.GreaterThanOrEqualTo(input.Spec.Replicas),
            "promoted only with its full capacity");
    }

    private static void CheckSplit(PlannerInput input, Plan plan)
    {
        // A person's orders are obeyed all the same.
        if (!Kubernetes.Entities.Conditions.IsTrue(plan.Status.Conditions, ConditionTypes.TrafficSkewed) || input.Control is not null
            || plan.Status.Rollout?.Order is not null)
        {
            return;
        }

        Assert.That(plan.Status.StableRevision, Is.EqualTo(input.Status?.StableRevision), "nothing is promoted while the split is skewed");
        Assert.That(
            plan.Status.Rollout!.Step, Is.LessThanOrEqualTo(input.Status!.Rollout!.Step), "no step follows while the split is skewed");
    }

    private static void CheckDeployments(PlannerInput input, Plan plan)
    {
        foreach (var deployment in plan.Deployments)
        {
            Assert.That(
                deployment.Action != DeploymentAction.Apply
                || deployment.Revision == input.WantedRevision
                || input.World.Kept.Contains(deployment.Revision),
                "what is applied is known");
            Assert.That(
                deployment.Action == DeploymentAction.Apply || input.World.Find(deployment.Revision) is not null,
                "nothing that is not there is scaled");
            bool inTable = WeightOf(plan.Status.Routing, deployment.Revision) > 0;
            Assert.That(deployment.Replicas > 0 || !inTable || input.Spec.Replicas == 0, "what gets requests keeps pods");
        }

        Assert.That(plan.Deployments.Select(d => d.Revision), Is.Unique);
    }

    private static void CheckIdempotence(PlannerInput input, Plan plan)
    {
        if (plan.Status.Undo?.Revision != input.Status?.Undo?.Revision)
        {
            // What is to serve has changed: the next plan is made for another revision.
            Assert.That(plan.Deployments, Is.Empty);
            return;
        }

        var again = Planner.Plan(input with { Status = plan.Status });
        Assert.That(again.Events, Is.Empty, "the same world gives no second decision");
        Assert.That(again.Status.History?.Count ?? 0, Is.EqualTo(plan.Status.History?.Count ?? 0));
        Assert.That(again.Status.Routing?.Version, Is.EqualTo(plan.Status.Routing?.Version));
        Assert.That(
            again.Status.Analysis?.Select(g => g.State),
            Is.EqualTo(plan.Status.Analysis?.Select(g => g.State)),
            "nothing is counted twice");
        Assert.That(again.Deployments, Is.EqualTo(plan.Deployments));
        Assert.That(Json(Planner.Plan(input).Status), Is.EqualTo(Json(plan.Status)), "the same input gives the same plan");
    }

    private static void CheckLimits(ModelDeploymentStatus status)
    {
        Assert.That(status.History?.Count ?? 0, Is.LessThanOrEqualTo(StatusLimits.History));
        Assert.That(
            status.Conditions!.Select(c => c.Type).Where(type => type != ConditionTypes.TrafficSkewed),
            Is.EquivalentTo(new[] { ConditionTypes.Ready, ConditionTypes.Progressing, ConditionTypes.Stalled }));
        Assert.That(status.Conditions!.Count(c => c.Type == ConditionTypes.TrafficSkewed), Is.LessThanOrEqualTo(1));
        Assert.That(status.Rollout?.Split?.Length ?? 0, Is.LessThan(1024), "the state of the split stays small");
        Assert.That(status.Conditions!.TrueForAll(c => c.Reason.Length > 0 && c.Message.Length > 0), "every condition says why");
        Assert.That(
            status.Conditions!.Count(
                c => c.Status == "True" && c.Type is ConditionTypes.Progressing or ConditionTypes.Stalled && c.Status == "True"),
            Is.LessThanOrEqualTo(1),
            "never progressing and stalled at once");
        Assert.That(status.Analysis?.TrueForAll(g => g.State!.Length < 4096) ?? true, "the state of a guardrail stays small");
    }

    private static string Weights(RoutingTable? table) =>
        table is null ? "" : string.Join(",", table.Targets.Select(t => $"{t.Revision}={t.Weight}"));

    private static int WeightOf(RoutingTable? table, string revision) => table?.Targets.Find(t => t.Revision == revision)?.Weight ?? 0;

    private static string Json(ModelDeploymentStatus status) =>
        JsonSerializer.Serialize(status, ApiJsonContext.Default.ModelDeploymentStatus);
}
