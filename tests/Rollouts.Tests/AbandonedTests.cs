using ModelOperator.Api;
using ModelOperator.Evidence;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>What clients gave up on is evidence: they went away because no answer came.</summary>
public class AbandonedTests
{
    private static readonly int Soon = LatencyBuckets.Index(TimeSpan.FromMilliseconds(50));
    private static readonly int Late = LatencyBuckets.Index(TimeSpan.FromMilliseconds(300));
    private static readonly Behaviour Good = new();
    private static readonly Behaviour Silent = new() { SilentRate = 1 };

    [Test]
    public void A_canary_that_never_answers_is_rolled_back_within_a_minute_at_its_first_step()
    {
        var simulation = Stable(20);
        simulation.Ask("v2", Silent);
        int highest = 0;
        simulation.Planned = (_, plan) => highest = Math.Max(highest, plan.Status.CanaryWeight ?? 0);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Rejected, 60);

        Assert.That(highest, Is.EqualTo(10));
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.AnyOf(Reasons.LatencyHarmful, Reasons.ErrorRateHarmful));
    }

    [Test]
    public void It_is_so_without_a_latency_guardrail_and_with_clients_that_wait_for_a_moment_only()
    {
        var spec = Specs.Demo();
        spec.Rollout!.Analysis!.Guardrails!.RemoveAll(guardrail => guardrail.Type == GuardrailType.Latency);
        var simulation = Stable(20, spec);
        simulation.Ask("v2", Silent with { PatienceBucket = Late });
        simulation.RunUntil(status => status.Phase == RolloutPhase.Rejected, 60);

        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
    }

    [Test]
    public void Clients_as_impatient_with_both_revisions_are_no_fault_of_the_canary()
    {
        var simulation = Stable(100, behaviour: Good with { SilentRate = 0.2 });
        simulation.Ask("v2", Good with { SilentRate = 0.2 });
        simulation.RunUntil(status => status.StableRevision == "v2", 600);
    }

    [Test]
    public void Clients_that_go_away_at_once_say_nothing()
    {
        var simulation = Stable(20);
        simulation.Ask("v2", Silent with { PatienceBucket = Soon });
        simulation.RunUntil(status => status.CanaryWeight == 10, 30);
        simulation.Run(30);

        Assert.That(Errors(simulation).Canary!.Total, Is.Zero);
    }

    [Test]
    public void Under_a_limit_whoever_goes_away_before_the_target_says_nothing()
    {
        var spec = Specs.Demo();
        spec.Rollout!.Analysis!.Guardrails =
        [
            new Guardrail { Name = "latency", Type = GuardrailType.Latency, QuantilePercent = 90, MaxMilliseconds = 5000 },
            new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate, MaxErrorPercent = 1 },
        ];
        var simulation = Stable(100, spec);
        simulation.Ask("v2", Good with { SilentRate = 0.2 });
        simulation.RunUntil(status => status.CanaryWeight == 10, 30);
        simulation.Run(30);

        Assert.That(Errors(simulation).Canary!.Bad, Is.Zero);
    }

    private static GuardrailStatus Errors(Simulation simulation) =>
        simulation.Status.Analysis!.Find(guardrail => guardrail.Name == "errors")!;

    private static Simulation Stable(int requestsPerSecond, ModelDeploymentSpec? spec = null, Behaviour? behaviour = null)
    {
        var simulation = new Simulation { RequestsPerSecond = requestsPerSecond };
        simulation.Ask("v1", behaviour ?? Good, spec ?? Specs.Demo());
        simulation.Run(60);
        return simulation;
    }
}
