using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Whole rollouts, written down second by second.</summary>
public class TranscriptTests
{
    private static readonly Behaviour Good = new();

    [Test]
    public void A_canary_that_is_as_good_is_promoted()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        simulation.Run(10);
        Finish(simulation, transcript, "promoted");
    }

    [Test]
    public void A_canary_that_answers_wrong_is_rolled_back()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v3", Good with { WrongRate = 0.2 });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        simulation.Run(10);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.AccuracyHarmful));
        Finish(simulation, transcript, "accuracy-rollback");
    }

    [Test]
    public void A_canary_that_is_slow_is_rolled_back()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v4", Good with { LatencyBucket = 360 });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        simulation.Run(10);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.LatencyHarmful));
        Finish(simulation, transcript, "latency-rollback");
    }

    [Test]
    public void A_canary_that_fails_requests_is_rolled_back()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v6", Good with { ErrorRate = 0.1 });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
        Finish(simulation, transcript, "error-rollback");
    }

    [Test]
    public void A_canary_that_never_gets_ready_gets_no_traffic()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(
            simulation, transcript, "v5",
            new Behaviour { StartSeconds = null, Failure = new PodFailure(Reasons.ModelInvalid, "the file is no ONNX model") });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        simulation.Run(10);
        Assert.That(simulation.Status.Routing!.Version, Is.EqualTo(1));
        Finish(simulation, transcript, "never-ready");
    }

    [Test]
    public void A_third_revision_supersedes_the_canary()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s.CanaryWeight == 25, 100);
        Ask(simulation, transcript, "v7", Good);
        simulation.RunUntil(s => s is { StableRevision: "v7", Phase: RolloutPhase.Stable }, 300);
        Finish(simulation, transcript, "superseded");
    }

    [Test]
    public void Setting_the_spec_back_ends_the_rollout_at_once()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s.CanaryWeight == 25, 100);
        Ask(simulation, transcript, "v1", Good);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 20);
        simulation.Run(10);
        Finish(simulation, transcript, "set-back");
    }

    [Test]
    public void A_rejected_revision_is_not_tried_again_until_the_spec_changes()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v3", Good with { WrongRate = 0.3 });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        Ask(simulation, transcript, "v3", Good, Specs.Digits(replicas: 3));
        simulation.Run(60);
        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Rejected), "a change of replicas is no new revision");
        Ask(simulation, transcript, "v1", Good);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 20);
        Ask(simulation, transcript, "v3", Good);
        simulation.RunUntil(s => s is { StableRevision: "v3", Phase: RolloutPhase.Stable }, 300);
        Finish(simulation, transcript, "tried-again");
    }

    [Test]
    public void Without_feedback_nothing_is_decided_and_the_canary_is_held()
    {
        var (simulation, transcript) = WithStable(Specs.Digits(deadlineSeconds: 90, onInconclusive: InconclusiveAction.Promote));
        simulation.FeedbackShare = 0;
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Held, 300);
        simulation.Run(60);
        transcript.Note("feedback comes");
        simulation.FeedbackShare = 1;
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        Finish(simulation, transcript, "no-data");
    }

    [TestCase(InconclusiveAction.Hold, "deadline-hold")]
    [TestCase(InconclusiveAction.Rollback, "deadline-rollback")]
    [TestCase(InconclusiveAction.Promote, "deadline-promote")]
    public void At_the_deadline_an_undecided_canary_goes_the_way_the_spec_says(InconclusiveAction action, string name)
    {
        var (simulation, transcript) = WithStable(Specs.Digits(deadlineSeconds: 60, onInconclusive: action));
        simulation.RequestsPerSecond = 4;
        Ask(simulation, transcript, "v2", Good);
        simulation.Run(150);
        var expected = action switch
        {
            InconclusiveAction.Hold => RolloutPhase.Held,
            InconclusiveAction.Rollback => RolloutPhase.Rejected,
            _ => RolloutPhase.Stable,
        };
        Assert.That(simulation.Status.Phase, Is.EqualTo(expected));
        Assert.That(simulation.Status.StableRevision, Is.EqualTo(action == InconclusiveAction.Promote ? "v2" : "v1"));
        Finish(simulation, transcript, name);
    }

    [Test]
    public void An_operator_that_is_killed_again_and_again_comes_to_the_same_verdict()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        simulation.Dies = second => (second % 4) switch
        {
            0 => Death.BeforeStatus,
            1 => Death.AfterStatus,
            _ => Death.None,
        };
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        Ask(simulation, transcript, "v3", Good with { WrongRate = 0.2 });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        simulation.Run(20);
        Finish(simulation, transcript, "operator-restarts");
    }

    [Test]
    public void A_canary_whose_pods_break_is_rolled_back_after_the_progress_deadline()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(
            simulation, transcript, "v2",
            Good with { BreaksAt = 40, Failure = new PodFailure(Reasons.ContainerCrashLoop, "container runtime keeps ending") });
        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 300);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ProgressDeadlineExceeded));
        Finish(simulation, transcript, "pods-break");
    }

    [Test]
    public void A_first_revision_that_does_not_come_up_is_stalled_until_the_spec_is_mended()
    {
        var (simulation, transcript) = New(Specs.Digits());
        Ask(simulation, transcript, "v5", new Behaviour
        {
            StartSeconds = null,
            Failure = new PodFailure(Reasons.DigestMismatch, "the file has digest sha256:00, not sha256:11"),
        });
        simulation.Run(20);
        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Stalled));
        Ask(simulation, transcript, "v1", Good);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 30);
        Finish(simulation, transcript, "first-stalled");
    }

    [Test]
    public void Scaling_to_zero_and_back_keeps_the_stable_revision()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s.CanaryWeight == 5, 100);
        transcript.Note("kubectl scale --replicas=0");
        simulation.Ask("v2", Good, Specs.Digits(replicas: 0));
        simulation.Run(20);
        Assert.That(simulation.Status.Replicas, Is.Zero);
        transcript.Note("kubectl scale --replicas=3");
        simulation.Ask("v2", Good, Specs.Digits(replicas: 3));
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 300);
        transcript.Verify("scaled-to-zero");
    }

    [Test]
    public void A_stable_deployment_that_somebody_deletes_is_made_again_and_the_canary_is_judged_as_ever()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s.CanaryWeight == 5, 100);
        transcript.Note("kubectl delete deployment digits-v1");
        simulation.Cluster.Delete("v1");
        simulation.Run(60);
        Assert.That((simulation.Status.StableRevision, simulation.Status.CanaryRevision), Is.EqualTo(("v1", "v2")));
        Assert.That(simulation.Cluster.ReadyPods("v1", simulation.Second), Is.EqualTo(2));
        Assert.That(simulation.LostRequests, Is.Zero, "the canary answered in its place");
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 900);
        transcript.Verify("stable-deleted");
    }

    [Test]
    public void When_somebody_deletes_the_stable_revision_with_its_record_the_wanted_revision_takes_its_place()
    {
        var (simulation, transcript) = WithStable(Specs.Digits());
        Ask(simulation, transcript, "v2", Good);
        simulation.RunUntil(s => s.CanaryWeight == 5, 100);
        transcript.Note("kubectl delete controllerrevision,deployment digits-v1");
        simulation.Cluster.Records.Remove("v1");
        simulation.Cluster.Delete("v1");
        simulation.RunUntil(s => s is { StableRevision: "v2", Phase: RolloutPhase.Stable }, 60);
        transcript.Verify("stable-lost");
    }

    private static (Simulation Simulation, Transcript Transcript) New(ModelDeploymentSpec spec)
    {
        var simulation = new Simulation();
        simulation.Ask("v1", Good, spec);
        return (simulation, new Transcript(simulation));
    }

    private static (Simulation Simulation, Transcript Transcript) WithStable(ModelDeploymentSpec spec)
    {
        var (simulation, transcript) = New(spec);
        Ask(simulation, transcript, "v1", Good);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 30);
        return (simulation, transcript);
    }

    private static void Ask(
        Simulation simulation, Transcript transcript, string revision, Behaviour behaviour, ModelDeploymentSpec? spec = null)
    {
        transcript.Note($"the spec asks for {revision}");
        simulation.Ask(revision, behaviour, spec);
    }

    private static void Finish(Simulation simulation, Transcript transcript, string name)
    {
        Assert.That(simulation.LostRequests, Is.Zero, "no request finds no pod");
        transcript.Verify(name);
    }
}
