using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Guardrails that only warn.</summary>
public class WarningTests
{
    [Test]
    public void A_canary_that_is_harmful_by_one_that_only_warns_is_promoted_and_people_are_told_once()
    {
        var spec = Spec();
        Only(spec, "errors").OnHarm = HarmAction.Warn;
        var told = new List<string>();
        var simulation = Rollout(spec, new Behaviour { ErrorRate = 0.1 });
        simulation.Planned = (_, plan) => told.AddRange(
            plan.Events.Where(happened => happened.Reason == Reasons.ErrorRateHarmful).Select(happened => happened.Message));

        simulation.RunUntil(s => s.StableRevision == "v2", 600);

        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(told[0], Does.StartWith("guardrail errors: canary fails ").And.EndWith("; this guardrail only warns"));
        Assert.That(simulation.Status.Rejected, Is.Null.Or.Empty);
    }

    [Test]
    public void The_same_canary_is_rolled_back_by_one_that_decides()
    {
        var simulation = Rollout(Spec(), new Behaviour { ErrorRate = 0.1 });

        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 600);

        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
    }

    [Test]
    public void A_source_that_is_lost_holds_up_nothing_when_its_guardrail_only_warns()
    {
        var spec = Spec();
        spec.Rollout!.Analysis!.Guardrails!.Add(new Guardrail
        {
            Name = "gate",
            Type = GuardrailType.Webhook,
            OnHarm = HarmAction.Warn,
            Webhook = new WebhookGate { Url = "https://gate.example" },
        });
        var simulation = Rollout(spec, new Behaviour());
        simulation.Gate = s => new GateAnswer { At = s.Now, Problem = "timed out after 10 s" };

        simulation.RunUntil(s => s.StableRevision == "v2", 600);
    }

    [Test]
    public void One_that_only_warns_takes_no_share_of_the_chance_of_error()
    {
        var spec = Spec();
        int deciding = spec.Rollout!.Analysis!.Guardrails!.Count - 1;
        Only(spec, "errors").OnHarm = HarmAction.Warn;

        Assert.That(Defaults.Resolve(spec, "runtime").Rollout.Analysis.Sharing, Is.EqualTo(deciding));
    }

    private static ModelDeploymentSpec Spec()
    {
        var spec = Specs.Digits();
        spec.Rollout!.Analysis!.Guardrails =
        [
            new Guardrail { Name = "accuracy", Type = GuardrailType.Accuracy },
            new Guardrail { Name = "latency", Type = GuardrailType.Latency },
            new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate },
        ];
        return spec;
    }

    private static Guardrail Only(ModelDeploymentSpec spec, string name) =>
        spec.Rollout!.Analysis!.Guardrails!.Single(guardrail => guardrail.Name == name);

    private static Simulation Rollout(ModelDeploymentSpec spec, Behaviour canary)
    {
        var simulation = new Simulation();
        simulation.Ask("v1", new Behaviour(), spec);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 60);
        simulation.Ask("v2", canary, spec);
        return simulation;
    }
}
