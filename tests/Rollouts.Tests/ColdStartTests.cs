using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Stable's first seconds are ten times slower than it is: they are no measure for a canary.</summary>
public class ColdStartTests
{
    private const double Quantile = 0.9;

    private static readonly Behaviour Good = new();

    // Four times slower than stable, and faster than stable's cold seconds were.
    private static readonly Behaviour Slow = new() { LatencyBucket = 270 + 70 };

    [TestCase(10, 0)]
    [TestCase(20, 0)]
    [TestCase(20, 10)]
    [TestCase(60, 0)]
    [TestCase(60, 5)]
    public void A_slow_canary_is_rolled_back_although_stable_was_cold_a_moment_ago(int cold, int warm)
    {
        var simulation = new Simulation();
        simulation.Ask("v1", Good with { ColdUntil = cold }, Specs.Demo());
        simulation.Run(cold + warm);
        simulation.Ask("v4", Slow);
        simulation.RunUntil(
            status => status.Phase is RolloutPhase.Rejected or RolloutPhase.Stable && status.CanaryRevision is null
                && status.Analysis is not null,
            300);

        Assert.That(
            (simulation.Status.StableRevision, simulation.Status.Rejected?.Single().Reason), Is.EqualTo(("v1", Reasons.LatencyHarmful)));
    }

    /// <summary>Five hundred times slower for a while: a target that is learnt then hides no slow canary later.</summary>
    [TestCase(60, 0)]
    [TestCase(60, 30)]
    [TestCase(300, 0)]
    public void A_target_read_in_a_bad_minute_is_doubted_then_learnt_anew_and_no_slow_canary_passes_by_it(int bad, int recovered)
    {
        const int FiveHundredTimes = 314;
        var simulation = new Simulation();
        simulation.Ask("v1", Good with { LatencyBucket = Good.LatencyBucket + FiveHundredTimes }, Specs.Demo());
        simulation.Run(bad);
        simulation.Ask("v1", Good);
        simulation.Run(recovered);
        simulation.Ask("v2", Slow);
        var said = new List<string?>();
        simulation.Planned = (_, plan) => said.Add(plan.Status.Analysis?.Find(guardrail => guardrail.Name == "latency")?.Message);
        simulation.RunUntil(status => status.Phase is RolloutPhase.Rejected or RolloutPhase.Promoting, 600);

        Assert.That(
            (simulation.Status.StableRevision, simulation.Status.Rejected?.Single().Reason), Is.EqualTo(("v1", Reasons.LatencyHarmful)));
        Assert.That(said, recovered > 0 ? Has.Some.Not.Null : Has.Some.Contains("until the target is learnt anew no canary is safe by it"));
    }

    /// <summary>As the demo plays it: a cold v1, a v2 that is promoted, a v3 that is rolled back, and then a slow v4.</summary>
    [Test]
    public void A_slow_canary_is_rolled_back_after_a_promotion_from_a_cold_start()
    {
        var simulation = Promoted();
        simulation.Ask("v3", Good with { WrongRate = 0.3 });
        simulation.RunUntil(status => status.Phase == RolloutPhase.Rejected, 300);
        simulation.Ask("v4", Slow);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Starting, 10);
        simulation.RunUntil(status => status.Phase is RolloutPhase.Rejected or RolloutPhase.Promoting, 300);

        Assert.That(simulation.Status.Rejected?.Single().Reason, Is.EqualTo(Reasons.LatencyHarmful));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void An_equal_canary_is_promoted_and_as_many_of_stable_s_answers_are_slow_as_the_quantile_says(int seed)
    {
        var simulation = new Simulation(seed);
        simulation.Ask("v1", Good with { ColdUntil = 20 }, Specs.Demo());
        simulation.Run(60);
        simulation.Ask("v2", Good);
        ArmStatus? stable = null;
        simulation.Planned = (_, plan) => stable = plan.Status.Analysis?.Find(guardrail => guardrail.Name == "latency")?.Stable ?? stable;
        simulation.RunUntil(status => status.StableRevision == "v2", 300);

        Assert.That((double)stable!.Bad / stable.Total, Is.EqualTo(1 - Quantile).Within(0.04));
    }

    [Test]
    public void How_fast_the_revision_before_was_is_forgotten_when_another_serves()
    {
        var simulation = Promoted();

        var latency = Baseline(simulation, "latency").Latency!;
        Assert.Multiple(() =>
        {
            Assert.That((latency.Bucket, latency.Known), Is.EqualTo(((int?)null, 0)));
            Assert.That(Baseline(simulation, "errors").Base.Guess(), Is.Not.Null, "what else was learnt stays");
        });
    }

    [Test]
    public void Without_enough_answers_of_stable_there_is_no_target_and_it_is_said()
    {
        var simulation = new Simulation { RequestsPerSecond = 2 };
        simulation.Ask("v1", Good, Specs.Demo());
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 30);
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.CanaryWeight == 10, 30);
        simulation.Run(20);

        var latency = simulation.Status.Analysis!.Find(guardrail => guardrail.Name == "latency")!;
        Assert.Multiple(() =>
        {
            Assert.That((latency.Verdict, latency.Target, latency.Canary!.Total), Is.EqualTo((nameof(Verdict.NoData), (string?)null, 0)));
            Assert.That(
                latency.Message,
                Does.Match(@"^no target yet: stable has answered [1-9]\d of the 100 requests that its 90 % quantile takes$"));
            Assert.That(
                simulation.Status.Conditions!.Find(condition => condition.Type == ConditionTypes.Progressing)!.Message,
                Does.Contain("latency without data"));
        });
    }

    private static Simulation Promoted()
    {
        var simulation = new Simulation();
        simulation.Ask("v1", Good with { ColdUntil = 10 }, Specs.Demo());
        simulation.Run(10);
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        return simulation;
    }

    private static GuardrailEvidence Baseline(Simulation simulation, string name) =>
        GuardrailEvidenceJson.Read(simulation.Status.Baseline!.Guardrails!.Find(guardrail => guardrail.Name == name)!.State)!;
}
