using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>The evaluation of a new revision before it gets traffic.</summary>
public class EvaluationTests
{
    private static readonly EvaluationCounts Good = new(
        1000,
        1000,
        new EvaluationArm(30, 1000, 60, TimeSpan.FromMilliseconds(12.5)),
        new EvaluationArm(40, 1000, 10, TimeSpan.FromMilliseconds(11)),
        10,
        20);

    [Test]
    public void A_revision_that_passes_goes_on_and_the_status_tells_what_it_did()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) => Ended(s, plan, Good));

        simulation.RunUntil(s => s.CanaryWeight > 0, 60);

        var evaluation = simulation.Status.Evaluation!;
        Assert.That(
            (evaluation.State, evaluation.Rows, evaluation.Canary!.Good, evaluation.Stable!.Good),
            Is.EqualTo((EvaluationState.Passed, 1000L, "97.0 %", "96.0 %")));
        Assert.That((evaluation.CanaryLatency, evaluation.StableLatency), Is.EqualTo(("12.5 ms", "11 ms")));
        Assert.That(
            evaluation.Message,
            Does.StartWith(
                "970 of 1,000 answers right, 97.0 %, stable 96.0 %; 10 wrong only by the new revision, 20 only by stable; "
                + "on data like this its accuracy differs from stable's by -").And.EndWith("; p95 12.5 ms"));
        Assert.That(simulation.LastPlan!.Evaluation, Is.Null, "its Job goes");
        Assert.That(
            simulation.Status.History!.Last().Message,
            Does.StartWith("canary v2 is ready and is to get 5 percent of requests; its evaluation passed: 970 of 1,000 answers right"));
    }

    [TestCase(98, null, null, "accuracy 97.0 % is below minAccuracyPercent 98: 970 of 1,000 answers right")]
    [TestCase(null, null, 12, "60 of 1,000 answers took longer than maxMilliseconds 12, more than 5 %: 970")]
    [TestCase(
        98, null, 12,
        "accuracy 97.0 % is below minAccuracyPercent 98; 60 of 1,000 answers took longer than maxMilliseconds 12, more than 5 %: 970")]
    public void A_revision_that_fails_is_rejected_and_never_has_traffic(int? least, int? drop, int? milliseconds, string message)
    {
        var asked = new EvaluationSpec { MinAccuracyPercent = least, MaxAccuracyDropPercent = drop, MaxMilliseconds = milliseconds };
        var simulation = Started(asked, (s, plan) => Ended(s, plan, Good));
        simulation.Planned += (_, plan) => Assert.That(plan.Status.Routing!.Targets.Select(t => t.Revision), Is.EqualTo(new[] { "v1" }));

        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 60);

        var rejected = simulation.Status.Rejected!.Single();
        Assert.That(rejected.Reason, Is.EqualTo(Reasons.EvaluationFailed));
        Assert.That(rejected.Message, Does.StartWith(message));
        Assert.That(simulation.Status.History!.Last().Message, Does.EndWith("; it had no traffic"));
    }

    [TestCase(60, 1, EvaluationState.Failed)]
    [TestCase(50, 1, EvaluationState.Passed)]
    [TestCase(40, 0, EvaluationState.Passed)]
    [TestCase(41, 0, EvaluationState.Failed)]
    public void A_drop_is_allowed_up_to_what_is_asked_and_no_further(int wrong, int drop, EvaluationState state)
    {
        var counts = Good with { Canary = Good.Canary with { Wrong = wrong } };
        var simulation = Started(new EvaluationSpec { MaxAccuracyDropPercent = drop }, (s, plan) => Ended(s, plan, counts));

        simulation.RunUntil(s => s.Evaluation?.State == state, 60);
    }

    [Test]
    public void While_it_runs_the_status_tells_how_far_it_is()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) => Running(s, plan, 340));

        simulation.RunUntil(s => s.Evaluation?.State == EvaluationState.Running, 60);

        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Evaluating));
        Assert.That(simulation.Status.Message, Is.EqualTo("revision v2 is evaluated and has no traffic yet: 34 %, 340 of 1,000 rows"));
        Assert.That(Progressing(simulation), Is.EqualTo(("True", Reasons.EvaluationRunning)));
        Assert.That(
            simulation.LastPlan!.Evaluation, Is.EqualTo(new EvaluationPlan(simulation.LastPlan.Evaluation!.Evaluation, "v2", "v1")));
    }

    [Test]
    public void One_that_could_not_be_done_rejects_nothing_promotes_nothing_and_says_what_to_do()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) => Ended(s, plan, null) with { Problem = "row 7 is no JSON" });

        simulation.RunUntil(s => s.Evaluation?.State == EvaluationState.Error, 60);
        simulation.Run(900);

        Assert.That(Progressing(simulation), Is.EqualTo(("False", Reasons.EvaluationError)));
        Assert.That(
            simulation.Status.Message,
            Is.EqualTo(
                "revision v2 waits and has no traffic: its evaluation could not be done: row 7 is no JSON; delete its Job to try again"));
        Assert.That(simulation.Status.CanaryRevision, Is.EqualTo("v2"));

        simulation.Evaluation = (s, plan) => Ended(s, plan, Good);
        simulation.RunUntil(s => s.CanaryWeight > 0, 60);
    }

    [Test]
    public void An_evaluation_longer_than_the_progress_deadline_is_no_failure()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) => s.Second < 600 ? Running(s, plan, s.Second) : Ended(s, plan, Good));

        simulation.RunUntil(s => s.CanaryWeight > 0, 700);
    }

    [Test]
    public void Pods_that_break_during_it_end_the_trial_after_the_progress_deadline()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) => Running(s, plan, 1), new Behaviour { BreaksAt = 120 });

        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 240);

        Assert.That(simulation.Second, Is.GreaterThan(170));
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ProgressDeadlineExceeded));
    }

    [Test]
    public void A_first_revision_is_evaluated_alone_and_one_that_fails_does_not_go_live_until_less_is_asked()
    {
        var counts = new EvaluationCounts(100, 100, new EvaluationArm(20, 100));
        var simulation = new Simulation { Evaluation = (s, plan) => Ended(s, plan, counts), Planned = new Invariants().Check };
        simulation.Ask("v1", new Behaviour(), Spec(MinAccuracy(92)));

        simulation.RunUntil(s => s.Phase == RolloutPhase.Stalled, 60);
        Assert.That(
            simulation.Status.Message,
            Is.EqualTo(
                "first revision v1 does not go live: accuracy 80.0 % is below minAccuracyPercent 92: 80 of 100 answers right, 80.0 %, "
                + "on data like this 62.6 to 92.0 %"));
        Assert.That(
            simulation.Status.Conditions!.Single(c => c.Type == ConditionTypes.Stalled).Reason, Is.EqualTo(Reasons.EvaluationFailed));
        Assert.That(simulation.Status.Routing, Is.Null);

        simulation.Ask("v1", new Behaviour(), Spec(MinAccuracy(70)));
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 60);
    }

    [Test]
    public void Every_revision_is_evaluated_anew()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) =>
            Ended(s, plan, plan.Revision == "v2" ? Good : Good with { Canary = Good.Canary with { Wrong = 500 } }));
        simulation.RunUntil(s => s.CanaryWeight > 0, 60);

        simulation.Ask("v3", new Behaviour());

        simulation.RunUntil(s => s.Phase == RolloutPhase.Rejected, 60);
        Assert.That(simulation.Status.Rejected!.Single().Revision, Is.EqualTo("v3"));
    }

    [Test]
    public void Without_a_row_there_is_no_verdict()
    {
        var simulation = Started(MinAccuracy(92), (s, plan) => Ended(s, plan, new EvaluationCounts(0, 0, new EvaluationArm(0, 0))));

        simulation.RunUntil(s => s.Evaluation?.State == EvaluationState.Error, 60);
    }

    private static EvaluationSpec MinAccuracy(int percent) => new() { MinAccuracyPercent = percent };

    private static ModelDeploymentSpec Spec(EvaluationSpec evaluation)
    {
        var spec = Specs.Digits();
        evaluation.Dataset = new EvaluationDataset { Uri = "http://store/rows.ndjson" };
        spec.Rollout!.Evaluation = evaluation;
        return spec;
    }

    private static Simulation Started(
        EvaluationSpec evaluation, Func<Simulation, EvaluationPlan, ObservedEvaluation> observe, Behaviour? canary = null)
    {
        var simulation = new Simulation { Planned = new Invariants().Check };
        simulation.Ask("v1", new Behaviour(), Specs.Digits());
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 60);
        simulation.Evaluation = observe;
        simulation.Ask("v2", canary ?? new Behaviour(), Spec(evaluation));
        return simulation;
    }

    private static ObservedEvaluation Running(Simulation simulation, EvaluationPlan plan, long rows) => new()
    {
        Revision = plan.Revision,
        StartedAt = simulation.Now.AddSeconds(-1),
        TotalRows = 1000,
        Counts = new EvaluationCounts(rows, rows, new EvaluationArm(0, rows), new EvaluationArm(0, rows)),
    };

    private static ObservedEvaluation Ended(Simulation simulation, EvaluationPlan plan, EvaluationCounts? counts) => new()
    {
        Revision = plan.Revision,
        StartedAt = simulation.Now.AddSeconds(-2),
        EndedAt = simulation.Now.AddSeconds(-1),
        Counts = counts,
    };

    private static (string Status, string Reason) Progressing(Simulation simulation)
    {
        var condition = simulation.Status.Conditions!.Single(c => c.Type == ConditionTypes.Progressing);
        return (condition.Status, condition.Reason);
    }
}
