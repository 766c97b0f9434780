using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts.Tests.Simulated;
using static ModelOperator.Rollouts.Tests.SinglePlan;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Requests that are not split as the routing table says: nothing is decided by what is compared until they are.</summary>
public class SplitTests
{
    private static readonly Behaviour Good = new();
    private readonly List<PlannedEvent> _events = [];

    [Test]
    public void A_router_stuck_on_an_old_table_holds_the_rollout_and_once_it_is_mended_the_rollout_goes_on()
    {
        var simulation = Stuck();

        var condition = Skewed(simulation)!;
        Assert.That(
            (condition.Status, condition.Reason, condition.ObservedGeneration),
            Is.EqualTo(("True", Reasons.TrafficSkewed, simulation.Status.ObservedGeneration)));
        Assert.That(
            condition.Message,
            Does.Match(
                "routers drew the canary for [0-9,]+ of the last [0-9,]+ requests \\((2|3)[0-9]\\.[0-9] percent\\), "
                + "but the routing table gives it 50 percent"));
        Assert.That(simulation.Status.Message, Does.Contain("traffic: routers drew the canary for"));
        long counted = Errors(simulation);
        simulation.Run(240);
        Assert.That(
            (simulation.Status.CanaryWeight, simulation.Status.StableRevision, simulation.Status.Phase),
            Is.EqualTo(((int?)50, "v1", RolloutPhase.Analyzing)));
        Assert.That(Errors(simulation), Is.EqualTo(counted), "what is not split as it should be is no evidence");
        Assert.That(_events.Count(planned => planned is { Reason: Reasons.TrafficSkewed, Severity: EventSeverity.Warning }), Is.EqualTo(1));

        simulation.Routers[1].StuckAt = null;
        simulation.RunUntil(status => status.StableRevision == "v2", 120);
        Assert.That((Skewed(simulation)!.Status, Skewed(simulation)!.Reason), Is.EqualTo(("False", Reasons.TrafficNotWatched)));
    }

    [Test]
    public void A_router_that_is_replaced_ends_the_skew_as_well()
    {
        var simulation = Stuck();
        simulation.Routers[1] = new SimulatedRouter("r3", 1);

        simulation.RunUntil(status => status.StableRevision == "v2", 120);
    }

    [Test]
    public void A_canary_that_fails_meanwhile_is_rolled_back_once_the_split_is_right()
    {
        var simulation = Stuck();
        simulation.Ask("v2", Good with { ErrorRate = 0.5 });
        simulation.Run(120);
        Assert.That((simulation.Status.CanaryRevision, simulation.Status.Rejected), Is.EqualTo(("v2", (List<RejectedRevision>?)null)));

        simulation.Routers[1].StuckAt = null;
        simulation.RunUntil(status => status.Rejected is not null, 60);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
    }

    [Test]
    public void A_webhook_that_finds_the_canary_harmful_is_heard_all_the_same()
    {
        var spec = Specs.Demo();
        spec.Rollout!.Analysis!.Guardrails!.Add(
            new Guardrail { Name = "gate", Type = GuardrailType.Webhook, Webhook = new WebhookGate { Url = "https://gate.example" } });
        var verdict = Verdict.Continue;
        var simulation = Stuck(spec, s => new GateAnswer { At = s.Now, Verdict = verdict });
        verdict = Verdict.Harmful;

        simulation.RunUntil(status => status.Rejected is not null, 60);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.GateHarmful));
    }

    [TestCase(InconclusiveAction.Rollback)]
    [TestCase(InconclusiveAction.Promote)]
    public void The_deadline_holds_whatever_the_spec_says(InconclusiveAction onInconclusive)
    {
        var spec = Specs.Demo();
        (spec.Rollout!.Analysis!.DeadlineSeconds, spec.Rollout.Analysis.OnInconclusive) = (180, onInconclusive);
        var simulation = Stuck(spec);

        simulation.RunUntil(status => status.Phase == RolloutPhase.Held, 200);

        Assert.That(simulation.Status.Message, Does.Contain("requests are not split as the routing table says"));
    }

    [Test]
    public void A_canary_that_routers_never_draw_is_not_promoted_for_want_of_requests()
    {
        var spec = Specs.Demo();
        spec.Rollout!.Evaluation =
            new EvaluationSpec { Dataset = new EvaluationDataset { Uri = "https://data.example/rows.ndjson" }, MinAccuracyPercent = 90 };
        (spec.Rollout.Analysis!.DeadlineSeconds, spec.Rollout.Analysis.OnInconclusive) = (120, InconclusiveAction.Promote);
        var simulation = Serving(spec);
        foreach (var router in simulation.Routers)
        {
            router.StuckAt = router.Table;
        }

        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Held, 300);

        Assert.That(simulation.Status.Rollout!.CanaryRequests, Is.Zero);
        Assert.That(Skewed(simulation)!.Message, Does.Contain("drew the canary for 0 of the last").And.Contain("gives it 10 percent"));
    }

    [Test]
    public void Routers_that_do_not_say_what_they_draw_are_not_watched()
    {
        var simulation = Serving(Specs.Demo());
        simulation.Routers.ForEach(router => router.CountsDraws = false);
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.StableRevision == "v2", 300);

        Assert.That(Skewed(simulation), Is.Null);
    }

    [Test]
    public void A_skew_ends_where_every_router_is_replaced_by_one_that_does_not_say_what_it_draws()
    {
        var simulation = Stuck();
        simulation.Routers.Clear();
        simulation.Routers.Add(new SimulatedRouter("old", 1) { CountsDraws = false });

        simulation.RunUntil(status => status.StableRevision == "v2", 200);
    }

    [Test]
    public void Beside_a_router_of_an_older_version_the_newer_one_is_watched_alone()
    {
        var simulation = Serving(Specs.Demo());
        simulation.Routers[0].CountsDraws = false;
        simulation.Routers[1].StuckAt = simulation.Routers[1].Table;
        simulation.Ask("v2", Good);

        simulation.RunUntil(_ => Skewed(simulation)?.Status == "True", 120);
    }

    [Test]
    public void A_canary_whose_pods_go_away_and_come_back_skews_nothing()
    {
        var simulation = Serving(Specs.Demo());
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.CanaryWeight == 10, 60);
        for (int i = 0; i < 20; i++)
        {
            simulation.Ask("v2", Good with { BreaksAt = simulation.Second });
            simulation.Run(6);
            simulation.Ask("v2", Good);
            simulation.Run(3);
        }

        Assert.That(_events, Has.None.Property("Reason").EqualTo(Reasons.TrafficSkewed));
        Assert.That(Skewed(simulation)!.Status, Is.EqualTo("False"));
    }

    [Test]
    public void The_next_rollout_starts_with_a_split_that_nobody_suspects()
    {
        var simulation = Stuck();
        simulation.Routers[1].StuckAt = null;
        simulation.Ask("v3", Good);
        simulation.Run(2);

        Assert.That((Skewed(simulation)!.Status, Skewed(simulation)!.Reason), Is.EqualTo(("False", Reasons.TrafficNotWatched)));
        simulation.RunUntil(status => status.StableRevision == "v3", 300);
    }

    [TestCase("promote-full v2", "v2")]
    [TestCase("abort v2", "v1")]
    public void A_persons_orders_are_obeyed_all_the_same(string order, string stable)
    {
        var simulation = Stuck();

        simulation.Order(order);
        simulation.RunUntil(status => status.CanaryRevision is null, 60);

        Assert.That(simulation.Status.StableRevision, Is.EqualTo(stable));
    }

    [Test]
    public void Harm_that_was_shown_before_the_skew_waits_as_well()
    {
        var status = Comparing();
        var errors = status.Analysis!.Single(guardrail => guardrail.Name == "errors");
        errors.State = GuardrailEvidenceJson.Write(GuardrailEvidenceJson.Read(errors.State)! with { Harm = new EProcess { LogPeak = 30 } });
        status.Rollout!.Split = GuardrailEvidenceJson.Write(new SplitEvidence { Weight = 5, Blocks = 9, Skew = -0.64 });
        var skewed = Plan(Input(status, "v2", Router(Report(next: 1, version: 2)))).Status;
        Assert.That((skewed.CanaryRevision, skewed.Rejected), Is.EqualTo(("v2", (List<RejectedRevision>?)null)));

        skewed.Rollout!.Split = null;
        var right = Plan(Input(skewed, "v2", Router(Report(next: 1, version: 2)))).Status;
        Assert.That(right.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
    }

    [Test]
    public void A_router_that_falls_behind_is_named()
    {
        var status = Comparing();
        status.Rollout!.Split = GuardrailEvidenceJson.Write(
            new SplitEvidence { Weight = 5, Blocks = 9, Skew = -0.64, Recent = new Draws(12, 600) });
        var plan = Plan(Input(status, "v2", Router(Report(next: 1, version: 1))));

        Assert.That(
            Condition(plan, ConditionTypes.TrafficSkewed).Message,
            Does.StartWith(
                "routers drew the canary for 12 of the last 600 requests (2.0 percent), but the routing table gives it 5 percent")
                .And.Contain("router model-router-r1 is on version 1 of the table, not 2"));
    }

    /// <summary>A rollout at 50 percent of which one router knows nothing.</summary>
    private Simulation Stuck(ModelDeploymentSpec? spec = null, Func<Simulation, GateAnswer>? gate = null)
    {
        var simulation = Serving(spec ?? Specs.Demo());
        simulation.Gate = gate;
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.CanaryWeight == 10, 60);
        simulation.Routers[1].StuckAt = simulation.Routers[1].Table;
        simulation.RunUntil(status => status.CanaryWeight == 50, 120);
        simulation.RunUntil(_ => Skewed(simulation)?.Status == "True", 30);
        return simulation;
    }

    private Simulation Serving(ModelDeploymentSpec spec)
    {
        var invariants = new Invariants();
        var simulation = new Simulation
        {
            Planned = (input, plan) =>
            {
                invariants.Check(input, plan);
                _events.AddRange(plan.Events);
            },
            Evaluation = (simulated, plan) => new ObservedEvaluation
            {
                Revision = plan.Revision,
                StartedAt = simulated.Now,
                EndedAt = simulated.Now,
                TotalRows = 100,
                Counts = new EvaluationCounts(
                    100, 100, new EvaluationArm(1, 100), plan.StableRevision is null ? null : new EvaluationArm(1, 100)),
            },
        };
        _events.Clear();
        simulation.Ask("v1", Good, spec);
        simulation.Run(60);
        return simulation;
    }

    private static long Errors(Simulation simulation) =>
        simulation.Status.Analysis!.Find(guardrail => guardrail.Name == "errors")!.Canary!.Total;

    private static Condition? Skewed(Simulation simulation) => Conditions.Get(simulation.Status.Conditions, ConditionTypes.TrafficSkewed);
}
