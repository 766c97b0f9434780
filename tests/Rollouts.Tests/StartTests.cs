using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Revisions that do not come up.</summary>
public class StartTests
{
    private static readonly Behaviour Good = new();
    private static readonly Behaviour Absent =
        new() { StartSeconds = null, Failure = new PodFailure(Reasons.ModelDownloadFailed, "the store is away") };
    private static readonly Behaviour Crowded =
        new() { StartSeconds = null, Failure = new PodFailure(Reasons.Unschedulable, "exceeded quota: compute") };

    [Test]
    public void The_cause_is_in_the_message_from_the_first_moment()
    {
        var simulation = WithStable();
        simulation.Ask("v2", Absent);
        simulation.Run(4);

        Assert.That(simulation.Status.Message, Does.Contain("ModelDownloadFailed: the store is away"));
    }

    [Test]
    public void A_canary_that_failed_before_any_traffic_is_tried_again()
    {
        var simulation = WithStable();
        simulation.Ask("v2", Absent);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Rejected, 120);
        Assert.That(simulation.Status.Message, Does.Match(@"it is tried again at \d\d:\d\d:\d\d UTC; change the spec to try another$"));

        simulation.Ask("v2", Good);
        simulation.Run(30);
        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Rejected), "not at once");
        simulation.RunUntil(status => status is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);

        Assert.That(simulation.Status.Rejected, Is.Null);
        Assert.That(simulation.LostRequests, Is.Zero);
    }

    [Test]
    public void Each_try_in_vain_is_followed_by_a_longer_pause()
    {
        var simulation = WithStable();
        var started = new List<int>();
        simulation.Planned = (_, plan) =>
            started.AddRange(plan.Events.Where(happened => happened.Reason == Reasons.RolloutStarted).Select(_ => simulation.Second));
        simulation.Ask("v2", Absent);

        simulation.Run(1000);

        var between = started.Zip(started.Skip(1), (a, b) => b - a).ToList();
        Assert.That(between, Has.Count.GreaterThanOrEqualTo(3).And.Ordered);
        Assert.That(
            between.Take(3), Is.EqualTo(new[] { 120, 180, 300 }).Within(10), "60 seconds of trying, then 60, 120 and 240 of waiting");
        Assert.That(simulation.Status.Rejected!.Single().Attempts, Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public void A_canary_for_which_there_is_no_room_waits_and_is_never_rejected()
    {
        var simulation = WithStable();
        int warnings = 0;
        simulation.Planned = (_, plan) =>
            warnings += plan.Events.Count(happened => happened is { Severity: EventSeverity.Warning, Reason: Reasons.Unschedulable });
        simulation.Ask("v2", Crowded);
        simulation.Run(600);

        var progressing = simulation.Status.Conditions!.Single(condition => condition.Type == ConditionTypes.Progressing);
        Assert.Multiple(() =>
        {
            Assert.That(
                (simulation.Status.Phase, simulation.Status.Rejected), Is.EqualTo((RolloutPhase.Starting, (List<RejectedRevision>?)null)));
            Assert.That((progressing.Status, progressing.Reason), Is.EqualTo(("True", Reasons.Unschedulable)));
            Assert.That(progressing.Message, Does.Contain("exceeded quota: compute"));
            Assert.That(warnings, Is.EqualTo(1));
        });
        simulation.Ask("v2", Good with { StartSeconds = 650 });
        simulation.Run(30);
        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Starting), "its time to start begins when there is room");
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.StableRevision == "v2", 300);
    }

    [Test]
    public void A_canary_with_traffic_for_whose_next_pods_there_is_no_room_keeps_what_it_has()
    {
        var simulation = WithStable();
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.CanaryWeight == 5, 60);
        simulation.Ask("v2", Good with { BreaksAt = simulation.Second, Failure = Crowded.Failure });
        simulation.Run(200);

        Assert.That((simulation.Status.Phase, simulation.Status.CanaryRevision), Is.EqualTo((RolloutPhase.Analyzing, "v2")));
        Assert.That(simulation.LostRequests, Is.Zero);
    }

    [Test]
    public void A_first_revision_that_cannot_start_warns_once_for_each_cause()
    {
        var simulation = new Simulation();
        var warnings = new List<string>();
        simulation.Planned = (_, plan) => warnings.AddRange(
            plan.Events.Where(happened => happened.Severity == EventSeverity.Warning).Select(happened => happened.Reason));
        simulation.Ask("v1", Absent, Specs.Digits());
        simulation.Run(30);
        simulation.Ask("v1", Crowded);
        simulation.Run(30);
        simulation.Ask("v1", Good);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 30);

        Assert.That(warnings, Is.EqualTo(new[] { Reasons.ModelDownloadFailed, Reasons.Unschedulable }));
    }

    [Test]
    public void A_first_revision_that_is_late_without_a_known_cause_warns_too()
    {
        var simulation = new Simulation();
        var warnings = new List<string>();
        simulation.Planned = (_, plan) => warnings.AddRange(
            plan.Events.Where(happened => happened.Severity == EventSeverity.Warning).Select(happened => happened.Reason));
        simulation.Ask("v1", new Behaviour { StartSeconds = null }, Specs.Digits());
        simulation.Run(200);

        Assert.That(warnings, Is.EqualTo(new[] { Reasons.ProgressDeadlineExceeded }));
    }

    private static Simulation WithStable()
    {
        var simulation = new Simulation { Planned = new Invariants().Check };
        simulation.Ask("v1", Good, Specs.Digits());
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 30);
        return simulation;
    }
}
