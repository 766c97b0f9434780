using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>A person's hand: pauses, and orders.</summary>
public class ControlTests
{
    private static readonly Behaviour Good = new();
    private static readonly Behaviour Wrong = new() { WrongRate = 0.3 };

    [Test]
    public void A_pause_lasts_until_a_person_ends_it_and_history_names_them()
    {
        var simulation = WithCanary(Good, Paused(after: 1, new RolloutPause()));
        simulation.RunUntil(s => s.Phase == RolloutPhase.Paused, 200);
        Assert.That(simulation.Status.CanaryWeight, Is.EqualTo(25));
        Assert.That(
            simulation.Status.Message,
            Does.StartWith(
                "canary v2 waits at 25 percent of requests: it is paused until somebody lets it go on: kubectl model promote digits"));
        Assert.That(Progressing(simulation), Is.EqualTo((Conditions.True, Reasons.RolloutPaused)));

        simulation.Run(1800);

        Assert.That(simulation.Status, Has.Property("CanaryWeight").EqualTo(25).And.Property("Phase").EqualTo(RolloutPhase.Paused));
        Assert.That(simulation.Status.History!.Count(decision => decision.Action == DecisionActions.Paused), Is.EqualTo(1));
        var order = simulation.Order("promote v2");
        Assert.That(
            order,
            Has.Property("Outcome").EqualTo(OrderOutcome.Done)
                .And.Property("Message").EqualTo("alice promotes canary v2 by a step: the pause at step 2 of 3 is over"));
        simulation.RunUntil(s => s.CanaryWeight == 50, 60);
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        var advanced = simulation.Status.History!.Last(decision => decision.Action == DecisionActions.StepAdvanced);
        Assert.That(
            (advanced.By, simulation.Status.History![^1].By), Is.EqualTo(("alice", (string?)null)), "the promotion is the evidence's");
    }

    [Test]
    public void A_pause_with_a_duration_ends_by_itself()
    {
        var simulation = WithCanary(Good, Paused(after: 1, new RolloutPause { DurationSeconds = 600 }));
        simulation.RunUntil(s => s.Phase == RolloutPhase.Paused, 200);
        int begun = simulation.Second;
        Assert.That(simulation.Status.Message, Does.Match("it is paused until [0-9:]{8} UTC"));

        simulation.RunUntil(s => s.CanaryWeight == 50, 700);

        Assert.That(simulation.Second - begun, Is.InRange(600, 620));
        Assert.That(simulation.Status.Rollout!.PausedSince, Is.Null);
        Assert.That(simulation.Status.Rollout.PausedSeconds, Is.InRange(598, 605));
    }

    [Test]
    public void A_pause_before_the_first_weight_lets_no_request_through()
    {
        var simulation = WithCanary(Good, Paused(after: -1, new RolloutPause()));
        simulation.RunUntil(s => s.Phase == RolloutPhase.Paused, 200);
        simulation.Run(300);
        Assert.That(simulation.Status.Routing!.Version, Is.EqualTo(1));
        Assert.That(simulation.Status.Message, Does.StartWith("canary v2 waits without requests: "));

        simulation.Order("promote");

        simulation.RunUntil(s => s.CanaryWeight == 5, 20);
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
    }

    [Test]
    public void A_pause_after_the_last_weight_keeps_a_canary_that_is_shown_to_be_safe()
    {
        var simulation = WithCanary(Good, Paused(after: 2, new RolloutPause()));
        simulation.RunUntil(s => s.Phase == RolloutPhase.Paused, 200);
        simulation.Run(300);
        Assert.That(simulation.Status.Analysis!.TrueForAll(guardrail => guardrail.Verdict == "Safe"));
        Assert.That((simulation.Status.StableRevision, simulation.Status.CanaryWeight), Is.EqualTo(("v1", 50)));

        simulation.Order("promote");

        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 30);
    }

    [Test]
    public void A_paused_canary_that_turns_out_to_be_worse_is_rolled_back()
    {
        var simulation = WithCanary(Good, Paused(after: 1, new RolloutPause()));
        simulation.RunUntil(s => s.Phase == RolloutPhase.Paused, 200);

        simulation.Ask("v2", Wrong);

        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.AccuracyHarmful));
    }

    [Test]
    public void While_the_spec_is_paused_nothing_begins_and_scaling_goes_on()
    {
        var simulation = new Simulation();
        simulation.Ask("v1", Good, Specs.Digits());
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 30);
        var paused = Specs.Digits(replicas: 3);
        paused.Rollout!.Paused = true;

        simulation.Ask("v2", Good, paused);

        simulation.Run(300);
        Assert.That(
            (simulation.Status.Phase, simulation.Status.CanaryRevision, simulation.Cluster.Desired("v1")),
            Is.EqualTo((RolloutPhase.Paused, (string?)null, 3)));
        Assert.That(
            simulation.LastPlan!.RequeueAfter, Is.EqualTo(TimeSpan.FromMinutes(1)), "what waits for a person is looked at once a minute");
        Assert.That(simulation.Status.Message, Does.StartWith("spec.rollout.paused is true: revision v2 is tried once it is false"));
        paused.Rollout.Paused = false;
        simulation.Ask("v2", Good, paused);
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
    }

    [Test]
    public void While_the_spec_is_paused_a_canary_keeps_its_weight_and_the_deadline_waits()
    {
        var spec = Specs.Digits(deadlineSeconds: 200, onInconclusive: InconclusiveAction.Rollback);
        var simulation = WithCanary(Good with { WrongRate = 0.045 }, spec);
        simulation.RunUntil(s => s.CanaryWeight == 25, 100);
        spec.Rollout!.Paused = true;
        simulation.Ask("v2", Good with { WrongRate = 0.045 }, spec);
        simulation.Run(1000);
        Assert.That((simulation.Status.Phase, simulation.Status.CanaryWeight), Is.EqualTo((RolloutPhase.Paused, 25)));

        spec.Rollout.Paused = false;
        simulation.Ask("v2", Good with { WrongRate = 0.045 }, spec);

        simulation.Run(20);
        Assert.That(simulation.Status.CanaryRevision, Is.EqualTo("v2"), "the deadline has time left");
        Assert.That(simulation.Status.Rollout!.PausedSeconds, Is.InRange(990, 1010));
    }

    [Test]
    public void Promoted_in_full_a_canary_is_stable_with_its_pods_whatever_the_evidence_says()
    {
        var simulation = WithCanary(Wrong with { StartSeconds = 20 }, Specs.Digits(replicas: 4));
        simulation.Run(5);

        simulation.Order("promote-full v2");

        Assert.That(simulation.Status.Message, Does.StartWith("canary v2 becomes stable as soon as it has its pods, as alice ordered"));
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 60);
        Assert.That(
            simulation.Status.History![^1],
            Has.Property("Action").EqualTo(DecisionActions.Promoted).And.Property("By").EqualTo("alice")
                .And.Property("Reason").EqualTo(Reasons.Ordered));
        Assert.That(simulation.LostRequests, Is.Zero);
    }

    [Test]
    public void Promoted_by_a_step_a_canary_does_not_wait_for_the_rest_of_it()
    {
        var spec = Specs.Digits(minRequests: 1_000_000);
        var simulation = WithCanary(Good, spec);
        simulation.RunUntil(s => s.Rollout?.StepConfirmedAt is not null, 60);

        Assert.That(
            simulation.Order("promote").Message,
            Is.EqualTo("alice promotes canary v2 by a step: the rest of step 1 of 3 is not waited for"));
        simulation.RunUntil(s => s.CanaryWeight == 25, 20);
        simulation.Order("promote");
        simulation.RunUntil(s => s.CanaryWeight == 50, 20);

        var last = simulation.Order("promote");
        Assert.That(last, Has.Property("Outcome").EqualTo(OrderOutcome.Refused));
        Assert.That(
            last.Message, Is.EqualTo("the canary is at its last step, where evidence alone is missing; promote-full does not wait for it"));
    }

    [Test]
    public void Aborted_a_canary_is_rolled_back_and_tried_again_when_somebody_says_so()
    {
        var simulation = WithCanary(Good, Specs.Digits());
        simulation.RunUntil(s => s.CanaryWeight == 25, 100);

        Assert.That(simulation.Order("abort").Outcome, Is.EqualTo(OrderOutcome.Done));

        Assert.That(simulation.Status.Routing!.Targets.Single().Revision, Is.EqualTo("v1"));
        simulation.Run(300);
        Assert.That(
            simulation.Status.Rejected!.Single(),
            Has.Property("Reason").EqualTo(Reasons.Aborted).And.Property("Message").EqualTo("alice gave it up"));
        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Rejected));
        Assert.That(simulation.Order("retry v2").Message, Is.EqualTo("alice has revision v2 tried again"));
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
    }

    [TestCase("undo v1")]
    [TestCase("undo")]
    public void Undone_an_earlier_revision_serves_until_the_spec_asks_for_another(string order)
    {
        var simulation = Promoted();

        Assert.That(simulation.Order(order).Outcome, Is.EqualTo(OrderOutcome.Done));

        simulation.RunUntil(s => s is { StableRevision: "v1", Phase: RolloutPhase.Rejected }, 30);
        simulation.Run(300);
        Assert.That((simulation.Status.StableRevision, simulation.Cluster.Desired("v2")), Is.EqualTo(("v1", 0)));
        Assert.That(
            simulation.Status.Message,
            Does.Contain(
                "the spec asks for v2, from which alice went back: change the spec, or have it tried again with: "
                + "kubectl model retry digits"));
        Assert.That(simulation.Status.History!.TakeLast(3).Select(decision => (decision.Action, decision.Revision)), Is.EqualTo(
            new[] { (DecisionActions.Undone, "v1"), (DecisionActions.Started, "v1"), (DecisionActions.Promoted, "v1") }));
        Assert.That(simulation.LostRequests, Is.Zero);
        simulation.Ask("v3", Good);
        simulation.RunUntil(s => s is { StableRevision: "v3", Phase: RolloutPhase.Stable, Undo: null }, 300);
    }

    [Test]
    public void What_was_undone_is_tried_again_as_any_canary_when_somebody_says_so()
    {
        var simulation = Promoted();
        simulation.Order("undo");
        simulation.RunUntil(s => s is { StableRevision: "v1", Phase: RolloutPhase.Rejected }, 30);

        simulation.Order("retry");

        simulation.RunUntil(s => s is { CanaryRevision: "v2", CanaryWeight: 5, Undo: null }, 60);
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
    }

    [Test]
    public void Going_back_gives_up_the_canary_on_trial()
    {
        var simulation = Promoted();
        simulation.Ask("v3", Good);
        simulation.RunUntil(s => s.CanaryWeight == 25, 100);

        simulation.Order("undo v1");

        simulation.RunUntil(s => s is { StableRevision: "v1", CanaryRevision: null }, 60);
        var superseded = simulation.Status.History!.Last(decision => decision.Action == DecisionActions.Superseded);
        Assert.That((superseded.Revision, superseded.Reason), Is.EqualTo(("v3", Reasons.Undone)));
        Assert.That(superseded.Message, Does.StartWith("canary v3 is given up: alice went back to revision v1; "));
        Assert.That(simulation.LostRequests, Is.Zero);
    }

    [Test]
    public void Going_back_can_be_given_up_on_the_way()
    {
        var simulation = Promoted();
        simulation.Ask("v1", Good with { StartSeconds = 1000 });
        simulation.Ask("v2", Good);
        simulation.Order("undo v1");
        simulation.RunUntil(s => s.CanaryRevision == "v1", 10);

        simulation.Order("abort");

        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable, CanaryRevision: null, Undo: null }, 30);
    }

    [TestCase("undo v9", "revision v9 is not kept any more; kept are v1")]
    [TestCase("undo v2", "revision v2 serves already")]
    [TestCase("abort", "no rollout is in progress: revision v2 serves")]
    [TestCase("promote v2", "no rollout is in progress: revision v2 serves")]
    [TestCase("retry", "no revision that the spec asks for was rejected, undone, or failed its evaluation")]
    [TestCase(
        "promot",
        "it is no order; want promote, promote-full, abort, retry, undo, restart, each but restart with or without a revision after it")]
    public void What_cannot_be_done_is_refused_with_what_would_be_right(string text, string why)
    {
        var simulation = Promoted();
        List<PlannedEvent> events = [];
        simulation.Planned = (_, plan) => events.AddRange(plan.Events);
        int decisions = simulation.Status.History!.Count;

        var order = simulation.Order(text);

        Assert.That((order.Outcome, order.Message, order.By), Is.EqualTo((OrderOutcome.Refused, why, "alice")));
        Assert.That(events.Single(), Is.EqualTo(
            new PlannedEvent(EventSeverity.Warning, Reasons.OrderRefused, $"alice ordered \"{text}\", which is refused: {why}")));
        Assert.That((simulation.Status.Phase, simulation.Status.History!.Count), Is.EqualTo((RolloutPhase.Stable, decisions)));
    }

    [Test]
    public void An_order_for_another_canary_than_the_one_on_trial_is_refused()
    {
        var simulation = WithCanary(Good, Specs.Digits());
        simulation.RunUntil(s => s.CanaryWeight == 5, 100);
        Assert.That(
            simulation.Order("abort v3"),
            Has.Property("Message").EqualTo("the canary is v2, not v3").And.Property("Outcome").EqualTo(OrderOutcome.Refused));
        Assert.That(simulation.Status.CanaryRevision, Is.EqualTo("v2"));
    }

    [Test]
    public void An_order_is_carried_out_once_though_the_operator_dies_before_it_takes_it_off()
    {
        var spec = Specs.Digits(minRequests: 1_000_000);
        var simulation = WithCanary(Good, spec);
        simulation.RunUntil(s => s.Rollout?.StepConfirmedAt is not null, 60);
        simulation.Dies = second => second % 20 == 19 ? Death.None : Death.AfterStatus;

        simulation.Control = new ControlRequest("promote", simulation.Now, "alice", "1");
        simulation.Run(60);

        Assert.That(simulation.Control, Is.Null);
        Assert.That(simulation.Status.Rollout!.Step, Is.EqualTo(1));
        Assert.That(simulation.Status.History!.Count(decision => decision.Action == DecisionActions.Ordered), Is.EqualTo(1));
    }

    [Test]
    public void The_same_order_given_again_counts_again_and_one_nobody_saw_names_nobody()
    {
        var spec = Specs.Digits(minRequests: 1_000_000);
        var simulation = WithCanary(Good, spec);
        simulation.RunUntil(s => s.Rollout?.StepConfirmedAt is not null, 60);
        simulation.Order("promote");
        simulation.RunUntil(s => s.CanaryWeight == 25, 30);

        var order = simulation.Order("promote", by: null);

        Assert.That(
            (order.By, order.Message),
            Is.EqualTo(((string?)null, "somebody promotes canary v2 by a step: the rest of step 2 of 3 is not waited for")));
        simulation.RunUntil(s => s.CanaryWeight == 50, 30);
    }

    [Test]
    public void With_a_spec_that_cannot_be_acted_on_a_canary_can_be_given_up_and_nothing_else_be_ordered()
    {
        var status = SinglePlan.Comparing();
        var input = SinglePlan.Input(status, "v2", SinglePlan.Router(SinglePlan.Report(1, 2L))) with { IsGuardOnly = true };

        var refused = SinglePlan.Plan(input with { Control = new ControlRequest("promote-full", SinglePlan.Now, "alice") });
        var aborted = SinglePlan.Plan(input with { Control = new ControlRequest("abort", SinglePlan.Now, "alice") });

        Assert.That(
            refused.Status.LastOrder!.Message, Is.EqualTo("the newest spec cannot be acted on (see condition Stalled): mend that first"));
        Assert.That((aborted.Status.LastOrder!.Outcome, aborted.Status.CanaryRevision), Is.EqualTo((OrderOutcome.Done, (string?)null)));
        Assert.That(aborted.Status.Routing!.Targets.Single().Revision, Is.EqualTo("v1"));
    }

    [Test]
    public void A_restart_is_noted_with_its_time()
    {
        var simulation = Promoted();
        var before = simulation.Now;
        Assert.That(simulation.Order("restart").Message, Is.EqualTo("alice has the pods of v2 replaced, one after the other"));
        Assert.That(simulation.Status.RestartedAt, Is.InRange(before, before.AddSeconds(2)));
    }

    private static ModelDeploymentSpec Paused(int after, RolloutPause pause)
    {
        var spec = Specs.Digits();
        spec.Rollout!.Steps!.Insert(after + 1, new RolloutStep { Pause = pause });
        return spec;
    }

    private static Simulation WithCanary(Behaviour behaviour, ModelDeploymentSpec spec)
    {
        var simulation = new Simulation();
        simulation.Ask("v1", Good, spec);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 30);
        simulation.Ask("v2", behaviour);
        return simulation;
    }

    /// <summary>v2 has replaced v1.</summary>
    private static Simulation Promoted()
    {
        var simulation = WithCanary(Good, Specs.Digits());
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        simulation.Run(10);
        return simulation;
    }

    private static (string, string) Progressing(Simulation simulation)
    {
        var condition = Conditions.Get(simulation.Status.Conditions, ConditionTypes.Progressing)!;
        return (condition.Status, condition.Reason);
    }
}
