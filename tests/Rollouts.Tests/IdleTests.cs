using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>A model that nobody asks for a while, or ever.</summary>
public class IdleTests
{
    private static readonly Behaviour Good = new();

    [Test]
    public void Time_alone_never_gives_a_canary_more_requests()
    {
        var simulation = Idle(Specs.Digits());

        simulation.Run(600);

        Assert.That((simulation.Status.CanaryWeight, simulation.Status.Rollout!.Step), Is.EqualTo(((int?)5, 0)));
        Assert.That(simulation.Status.Message, Does.Contain("10 more requests"));
    }

    [Test]
    public void The_first_requests_of_the_morning_see_little_of_a_bad_canary()
    {
        var simulation = Idle(Specs.Digits(), new Behaviour { ErrorRate = 1 });
        simulation.Run(600);
        long bad = 0;
        simulation.Planned = (_, plan) => bad = plan.Status.Analysis?.Find(g => g.Name == "errors")?.Canary?.Bad ?? bad;

        simulation.RequestsPerSecond = 20;
        simulation.RunUntil(status => status.Rejected is not null, 120);

        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
        Assert.That(bad, Is.LessThan(40), "it never got more than 5 percent");
    }

    [TestCase(InconclusiveAction.Promote, "v2", RolloutPhase.Stable)]
    [TestCase(InconclusiveAction.Hold, "v1", RolloutPhase.Held)]
    [TestCase(InconclusiveAction.Rollback, "v1", RolloutPhase.Held)]
    public void A_canary_that_passed_its_evaluation_is_promoted_at_the_deadline_if_the_spec_says_so(
        InconclusiveAction onInconclusive, string stable, RolloutPhase phase)
    {
        var spec = Specs.Digits(deadlineSeconds: 60, onInconclusive: onInconclusive);
        spec.Rollout!.Evaluation =
            new EvaluationSpec { Dataset = new EvaluationDataset { Uri = "https://data.example/rows.ndjson" }, MinAccuracyPercent = 90 };
        var simulation = Idle(spec);

        simulation.Run(120);

        Assert.That((simulation.Status.StableRevision, simulation.Status.Phase), Is.EqualTo((stable, phase)), simulation.Status.Message);
        Assert.That(
            simulation.Status.History![^1].Message,
            onInconclusive == InconclusiveAction.Promote
                ? Does.Contain("no request came; its evaluation passed")
                : Does.Contain("is held at 5 percent"));
    }

    [Test]
    public void Without_an_evaluation_it_is_held()
    {
        var simulation = Idle(Specs.Digits(deadlineSeconds: 60, onInconclusive: InconclusiveAction.Promote));

        simulation.Run(120);

        Assert.That((simulation.Status.StableRevision, simulation.Status.Phase), Is.EqualTo(("v1", RolloutPhase.Held)));
    }

    private static Simulation Idle(ModelDeploymentSpec spec, Behaviour? canary = null)
    {
        var simulation = new Simulation { RequestsPerSecond = 0 };
        simulation.Evaluation = (_, plan) => new ObservedEvaluation
        {
            Revision = plan.Revision,
            StartedAt = simulation.Now,
            EndedAt = simulation.Now,
            TotalRows = 100,
            Counts = new EvaluationCounts(
                100, 100, new EvaluationArm(1, 100), plan.StableRevision is null ? null : new EvaluationArm(1, 100)),
        };
        simulation.Ask("v1", Good, spec);
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 30);
        simulation.Ask("v2", canary ?? Good);
        simulation.RunUntil(status => status.CanaryWeight == 5, 60);
        return simulation;
    }
}
