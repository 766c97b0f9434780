using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

public class PropertyTests
{
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 60)]
    public Property Every_plan_keeps_the_rules_whatever_happens() => Prop.ForAll(Scenario.Any(), scenario =>
    {
        var invariants = new Invariants();
        scenario.Play(invariants.Check);
    });

    [FsCheck.NUnit.Property(Replay = "2026,1125", MaxTest = 40)]
    public Property No_request_finds_no_pod_while_the_pods_of_every_revision_start() => Prop.ForAll(Scenario.Any(), scenario =>
    {
        var startable = scenario with
        {
            Replicas = Math.Max(1, scenario.Replicas),
            Asks = [.. scenario.Asks.Select(ask => ask with { Behaviour = ask.Behaviour % 4 })],
        };
        var simulation = startable.Play((_, _) => { });
        Assert.That(simulation.LostRequests, Is.Zero);
    });

    [FsCheck.NUnit.Property(Replay = "2026,1123", MaxTest = 40)]
    public Property Without_requests_no_canary_is_promoted_and_none_found_harmful() => Prop.ForAll(Scenario.Any(), scenario =>
    {
        var quiet = scenario with { RequestsPerSecond = 0, Orders = ["", "", ""] };
        quiet.Play((_, plan) =>
        {
            Assert.That(plan.Status.StableRevision, Is.Null.Or.EqualTo("v1"));
            Assert.That(
                plan.Status.Rejected?.TrueForAll(r => r.Reason == Reasons.ProgressDeadlineExceeded) ?? true,
                "only what does not come up is rejected");
        });
    });

    [TestCase(0.03, "v2", null)]
    [TestCase(0.25, "v1", Reasons.AccuracyHarmful)]
    public void The_verdict_is_the_same_whenever_the_operator_is_killed(double wrongRate, string stable, string? reason)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            var simulation = new Simulation(seed) { RequestsPerSecond = 200 };
            simulation.Ask("v1", new Behaviour(), Specs.Digits());
            simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 30);
            simulation.Dies = _ => (Death)random.Next(3);
            simulation.Ask("v2", new Behaviour { WrongRate = wrongRate });
            simulation.RunUntil(s => s.Phase is RolloutPhase.Rejected || s is { Phase: RolloutPhase.Stable, StableRevision: "v2" }, 600);
            Assert.Multiple(() =>
            {
                Assert.That(simulation.Status.StableRevision, Is.EqualTo(stable));
                Assert.That(simulation.Status.Rejected?.Single().Reason, Is.EqualTo(reason));
                Assert.That(simulation.LostRequests, Is.Zero);
            });
        }
    }
}
