using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>The stable revision's pods die and stay dead: whatever answers goes on answering.</summary>
public class StableDownTests
{
    private const int DiesAt = 40;

    private static readonly Behaviour Good = new();
    private static readonly Behaviour Dying =
        new() { BreaksAt = DiesAt, Failure = new PodFailure(Reasons.ModelNotFound, "there is nothing at https://models.example/v1.onnx") };

    [Test]
    public void The_canary_answers_in_full_and_the_status_says_so()
    {
        var simulation = WithCanary(Specs.Digits(deadlineSeconds: 60));

        simulation.Run(60);

        var ready = Ready(simulation);
        Assert.Multiple(() =>
        {
            Assert.That(simulation.LostRequests, Is.Zero);
            Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Held), "nothing can be compared");
            Assert.That((ready.Status, ready.Reason), Is.EqualTo(("True", Reasons.StableDown)));
            Assert.That(ready.Message, Is.EqualTo(
                "stable revision v1 has no ready pod (ModelNotFound: there is nothing at https://models.example/v1.onnx); "
                + "revision v2 answers all requests until it has; repair v1, or give it up to keep v2: "
                + "kubectl delete controllerrevision,deployment digits-v1"));
            Assert.That(simulation.Status.Message, Does.StartWith(ready.Message));
            Assert.That(simulation.Cluster.Desired("v2"), Is.EqualTo(2), "as many pods as all requests take");
        });
    }

    [Test]
    public void It_is_told_once()
    {
        var simulation = WithCanary(Specs.Digits());
        int told = 0;
        simulation.Planned = (_, plan) =>
            told += plan.Events.Count(happened => happened is { Severity: EventSeverity.Warning, Reason: Reasons.StableDown });

        simulation.Run(60);

        Assert.That(told, Is.EqualTo(1));
    }

    [Test]
    public void A_canary_that_is_superseded_answers_until_its_successor_can_take_all_requests()
    {
        var simulation = WithCanary(Specs.Digits());
        simulation.Run(10);
        simulation.Ask("v3", Good with { StartSeconds = 15 });
        simulation.Run(5);
        var between = simulation.Status;
        simulation.RunUntil(status => status.Routing!.Targets.Exists(target => target.Revision == "v3"), 60);
        int pods = simulation.Cluster.ReadyPods("v3", simulation.Second);
        simulation.Run(20);

        Assert.Multiple(() =>
        {
            Assert.That(simulation.LostRequests, Is.Zero);
            Assert.That(
                between.Routing!.Targets.Select(target => (target.Revision, target.Weight)), Is.EqualTo(new[] { ("v1", 100), ("v2", 0) }));
            Assert.That(between.History![^2].Message, Does.Contain("revision v2 answers all requests until it has"));
            Assert.That(pods, Is.EqualTo(2));
            Assert.That(simulation.Cluster.Desired("v2"), Is.Zero, "it goes when v3 answers");
        });
    }

    [Test]
    public void A_canary_that_is_given_up_answers_until_stable_does()
    {
        var simulation = WithCanary(Specs.Digits());
        simulation.Run(10);
        simulation.Ask("v1", Dying);
        simulation.Run(20);
        var meanwhile = simulation.Status;
        simulation.Ask("v1", Good);
        simulation.Run(20);

        Assert.Multiple(() =>
        {
            Assert.That(simulation.LostRequests, Is.Zero);
            Assert.That((meanwhile.Phase, meanwhile.CanaryRevision), Is.EqualTo((RolloutPhase.Stable, (string?)null)));
            Assert.That(
                meanwhile.Message,
                Does.Contain(
                    "change the spec to a revision that works and give it up to put that in its place: "
                    + "kubectl delete controllerrevision,deployment digits-v1"));
            Assert.That(simulation.Status.Routing!.Targets.Select(target => target.Revision), Is.EqualTo(new[] { "v1" }));
            Assert.That(simulation.Cluster.Desired("v2"), Is.Zero);
        });
    }

    [Test]
    public void A_canary_that_turns_out_harmful_answers_until_stable_does()
    {
        var spec = Specs.Digits();
        spec.Rollout!.Analysis!.Guardrails = [new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate, MaxErrorPercent = 2 }];
        var simulation = WithCanary(spec);
        simulation.Run(5);
        simulation.Ask("v2", new Behaviour { ErrorRate = 0.3 });
        simulation.RunUntil(status => status.Phase == RolloutPhase.Rejected, 120);
        simulation.Run(20);

        Assert.That(simulation.LostRequests, Is.Zero);
        Assert.That(
            simulation.Status.Routing!.Targets.Select(target => (target.Revision, target.Weight)),
            Is.EqualTo(new[] { ("v1", 100), ("v2", 0) }));
    }

    [TestCase(4, false)]
    [TestCase(15, true)]
    public void A_canary_that_waits_for_its_evaluation_answers_only_when_stable_is_down_for_a_while(int seconds, bool answers)
    {
        var spec = Specs.Digits();
        spec.Rollout!.Evaluation =
            new EvaluationSpec { Dataset = new EvaluationDataset { Uri = "https://data.example/rows.ndjson" }, MinAccuracyPercent = 90 };
        var simulation = new Simulation();
        simulation.Evaluation = (_, plan) => new ObservedEvaluation
        {
            Revision = plan.Revision,
            StartedAt = simulation.Now,
            EndedAt = plan.Revision == "v1" ? simulation.Now : null,
            Counts = plan.Revision == "v1" ? new EvaluationCounts(100, 100, new EvaluationArm(1, 100)) : null,
        };
        simulation.Ask("v1", Dying, spec);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 30);
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Evaluating, DiesAt);
        simulation.Run(DiesAt - simulation.Second + seconds);

        Assert.Multiple(() =>
        {
            Assert.That(simulation.Status.Routing!.Targets.Exists(target => target.Revision == "v2"), Is.EqualTo(answers));
            Assert.That(simulation.Status.CanaryRevision, Is.EqualTo("v2"));
            Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Evaluating));
        });
    }

    private static Condition Ready(Simulation simulation) =>
        simulation.Status.Conditions!.Single(condition => condition.Type == ConditionTypes.Ready);

    private static Simulation WithCanary(ModelDeploymentSpec spec)
    {
        var invariants = new Invariants();
        var simulation = new Simulation { Planned = invariants.Check };
        simulation.Ask("v1", Dying, spec);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 30);
        simulation.Ask("v2", Good);
        simulation.RunUntil(status => status.CanaryWeight == 5, DiesAt - simulation.Second);
        simulation.Run(Math.Max(0, DiesAt - simulation.Second));
        return simulation;
    }
}
