using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Evaluations, one plan each.</summary>
public sealed class EvaluationPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_canary_with_ready_pods_waits_for_its_evaluation()
    {
        var plan = Plan(Evaluating());

        Assert.Multiple(() =>
        {
            Assert.That(plan.Evaluation, Is.EqualTo(new EvaluationPlan(Spec().Rollout.Evaluation!, "v2", "v1")));
            Assert.That(plan.Status.Evaluation!.State, Is.EqualTo(EvaluationState.Pending));
            Assert.That(plan.Status.Phase, Is.EqualTo(RolloutPhase.Evaluating));
            Assert.That(plan.Status.Routing!.Version, Is.EqualTo(1), "no table holds the canary");
            Assert.That(Condition(plan, ConditionTypes.Progressing), Is.EqualTo(("True", Reasons.EvaluationRunning)));
        });
    }

    [Test]
    public void How_far_it_is_stands_in_the_status()
    {
        var plan = Plan(Evaluating(Observed(rows: 340, totalRows: 1000, Counts(340, 10, 12, 3, 5))));

        Assert.Multiple(() =>
        {
            Assert.That(
                (plan.Status.Evaluation!.State, plan.Status.Evaluation.Rows, plan.Status.Evaluation.TotalRows),
                Is.EqualTo((EvaluationState.Running, 340, 1000)));
            Assert.That((plan.Status.Evaluation.Canary!.Bad, plan.Status.Evaluation.Stable!.Bad), Is.EqualTo((10, 12)));
            Assert.That(
                plan.Status.Conditions!.Single(c => c.Type == ConditionTypes.Progressing).Message,
                Is.EqualTo("revision v2 is evaluated and has no traffic yet: 34 %, 340 of 1,000 rows"));
            Assert.That(plan.Status.Routing!.Version, Is.EqualTo(1));
        });
    }

    [Test]
    public void Progress_that_cannot_be_read_leaves_what_was_known()
    {
        var known = Plan(Evaluating(Observed(rows: 340, totalRows: 1000, Counts(340, 10, 12, 3, 5)))).Status;

        var silent =
            Plan(Evaluating(new ObservedEvaluation { Revision = "v2", StartedAt = Now }) with { Status = known }).Status.Evaluation!;
        var another = Plan(Evaluating(new ObservedEvaluation { Revision = "v2", StartedAt = Now.AddMinutes(1) }) with
        {
            Status = known,
        }).Status.Evaluation!;

        Assert.That((silent.Rows, silent.TotalRows), Is.EqualTo((340L, (long?)1000)));
        Assert.That((another.Rows, another.TotalRows), Is.EqualTo((0L, (long?)null)), "another pod begins at the first row");
    }

    [Test]
    public void One_that_passes_gets_its_first_traffic()
    {
        var plan = Plan(Evaluating(Ended(Counts(1000, 20, 25, 5, 10))));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Evaluation!.State, Is.EqualTo(EvaluationState.Passed));
            Assert.That(
                plan.Status.Evaluation.Message,
                Is.EqualTo(
                    "980 of 1,000 answers right, 98.0 %, stable 97.5 %; 5 wrong only by the new revision, 10 only by stable; "
                    + "on data like this its accuracy differs from stable's by -2.1 to +3.4 points; p95 20 ms"));
            Assert.That(plan.Evaluation, Is.Null, "its Job can go");
            Assert.That(plan.Status.Routing!.Targets.Single(t => t.Revision == "v2").Weight, Is.EqualTo(5));
            Assert.That(plan.Events.Select(e => e.Reason), Does.Contain(Reasons.EvaluationPassed));
        });
    }

    [TestCase(90, 25, 0, "accuracy 91.0 % is below minAccuracyPercent 92")]
    [TestCase(45, 25, 0, "accuracy is 2.0 points below stable's, more than maxAccuracyDropPercent 1")]
    [TestCase(20, 25, 51, "51 of 1,000 answers took longer than maxMilliseconds 50, more than 5 %")]
    [TestCase(
        90, 25, 51,
        "accuracy 91.0 % is below minAccuracyPercent 92; accuracy is 6.5 points below stable's, more than maxAccuracyDropPercent 1; "
        + "51 of 1,000 answers took longer")]
    public void One_that_fails_is_rejected_before_any_traffic(int canaryWrong, int stableWrong, int slow, string because)
    {
        var plan = Plan(Evaluating(Ended(Counts(1000, canaryWrong, stableWrong, canaryWrong, stableWrong, slow))));

        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Evaluation!.State, Is.EqualTo(EvaluationState.Failed));
            Assert.That(plan.Status.Rejected!.Select(r => (r.Revision, r.Reason)), Is.EqualTo(new[] { ("v2", Reasons.EvaluationFailed) }));
            Assert.That(plan.Status.Rejected![0].Message, Does.StartWith(because));
            Assert.That(plan.Status.History![^1].Action, Is.EqualTo(DecisionActions.Rejected));
            Assert.That(plan.Status.Routing!.Version, Is.EqualTo(1), "no table ever held it");
            Assert.That(plan.Evaluation, Is.Null);
            Assert.That(Condition(plan, ConditionTypes.Stalled), Is.EqualTo(("True", Reasons.RevisionRejected)));
        });
    }

    [TestCase(80, 92, ExpectedResult = EvaluationState.Passed)]
    [TestCase(81, 92, ExpectedResult = EvaluationState.Failed)]
    [TestCase(0, 100, ExpectedResult = EvaluationState.Passed)]
    [TestCase(1, 100, ExpectedResult = EvaluationState.Failed)]
    public EvaluationState What_is_asked_is_enough(int wrong, int minAccuracy) =>
        Plan(
            Evaluating(Ended(Counts(1000, wrong, wrong, 0, 0)), spec =>
                spec.Rollout!.Evaluation!.MinAccuracyPercent = minAccuracy)).Status.Evaluation!.State;

    [Test]
    public void A_model_that_answers_nothing_is_not_fast()
    {
        var counts = new EvaluationCounts(
            10, 10, new EvaluationArm(10, 0, Failed: 10, Error: "400: wrong shape"), new EvaluationArm(0, 10), 10, 0);

        var plan = Plan(
            Evaluating(Ended(counts), spec =>
                spec.Rollout!.Evaluation = new EvaluationSpec { Dataset = new() { Uri = "http://s/d" }, MaxMilliseconds = 50 }));

        Assert.That(plan.Status.Evaluation!.State, Is.EqualTo(EvaluationState.Failed));
        Assert.That(
            plan.Status.Evaluation.Message,
            Does.StartWith("it answered no row").And.EndWith("10 rows failed, for example with 400: wrong shape"));
    }

    [Test]
    public void One_that_could_not_be_done_neither_promotes_nor_rejects()
    {
        var error =
            new ObservedEvaluation { Revision = "v2", StartedAt = Now, EndedAt = Now.AddSeconds(5), Problem = "DatasetInvalid: line 7" };
        var first = Plan(Evaluating(error));
        var muchLater = Plan(Evaluating(error) with { Status = first.Status, Now = Now.AddDays(2) });

        Assert.That(first.Events.Select(e => e.Reason), Does.Contain(Reasons.EvaluationError));
        Assert.That(muchLater.Events, Is.Empty, "told once");
        foreach (var plan in new[] { first, muchLater })
        {
            Assert.Multiple(() =>
            {
                Assert.That(plan.Status.Evaluation!.State, Is.EqualTo(EvaluationState.Error));
                Assert.That(plan.Status.Rejected, Is.Null);
                Assert.That(plan.Status.CanaryRevision, Is.EqualTo("v2"));
                Assert.That(plan.Status.Routing!.Version, Is.EqualTo(1));
                Assert.That(Condition(plan, ConditionTypes.Progressing), Is.EqualTo(("False", Reasons.EvaluationError)));
                Assert.That(Condition(plan, ConditionTypes.Stalled), Is.EqualTo(("True", Reasons.EvaluationError)));
                Assert.That(plan.Status.Message, Does.Contain("DatasetInvalid: line 7"));
                Assert.That(plan.Evaluation, Is.Not.Null, "a Job that is deleted is made anew");
            });
        }
    }

    [Test]
    public void A_canary_whose_pods_go_away_while_it_is_evaluated_has_its_deadline()
    {
        var running = Plan(Evaluating(Observed(1, 1000, Counts(1, 0, 0, 0, 0)))).Status;
        var input = Evaluating(Observed(1, 1000, Counts(1, 0, 0, 0, 0))) with { Status = running };
        input = input with
        {
            World = input.World with { Revisions = [Ready("v1", 2), Ready("v2", 1) with { ReadyReplicas = 0 }] },
            Now = Now.AddHours(1),
        };

        var away = Plan(input);
        var tooLong = Plan(input with { Status = away.Status, Now = Now.AddHours(1).AddSeconds(60) });

        Assert.That(away.Status.Rejected, Is.Null);
        Assert.That(away.Evaluation, Is.Not.Null, "the Job goes on");
        Assert.That(tooLong.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ProgressDeadlineExceeded));
    }

    [Test]
    public void A_first_revision_goes_live_when_it_passes()
    {
        var input = First();
        var waiting = Plan(input);
        var passed = Plan(input with { Status = waiting.Status, World = input.World with { Evaluation = FirstEnded(30) } });

        Assert.That(waiting.Evaluation!.StableRevision, Is.Null);
        Assert.That(waiting.Status.StableRevision, Is.Null);
        Assert.That(passed.Status.StableRevision, Is.EqualTo("v1"));
        Assert.That(
            passed.Status.Evaluation!.Message,
            Is.EqualTo("970 of 1,000 answers right, 97.0 %, on data like this 94.3 to 98.7 %; p95 20 ms"));
    }

    private static Plan Plan(PlannerInput input) => Planner.Plan(input);

    private static (string Status, string? Reason) Condition(Plan plan, string type)
    {
        var condition = plan.Status.Conditions!.Single(c => c.Type == type);
        return (condition.Status, condition.Reason);
    }

    private static EffectiveSpec Spec(Action<ModelDeploymentSpec>? change = null)
    {
        var spec = Specs.Digits();
        spec.Rollout!.Evaluation = new EvaluationSpec
        {
            Dataset = Data,
            MinAccuracyPercent = 92,
            MaxAccuracyDropPercent = 1,
            MaxMilliseconds = 50,
        };
        change?.Invoke(spec);
        return Defaults.Resolve(spec, "inference-runtime:1");
    }

    private static readonly EvaluationDataset Data = new() { Uri = "http://store.example/digits.ndjson" };

    /// <summary>A canary whose pods are ready.</summary>
    private static PlannerInput Evaluating(ObservedEvaluation? evaluation = null, Action<ModelDeploymentSpec>? change = null)
    {
        var input = new PlannerInput
        {
            Name = "digits",
            Generation = 2,
            Spec = Spec(change),
            WantedRevision = "v2",
            Status = new ModelDeploymentStatus
            {
                StableRevision = "v1",
                Phase = RolloutPhase.Stable,
                ObservedGeneration = 2,
                Routing = new RoutingTable { Version = 1, Targets = [new TrafficTarget { Revision = "v1", Weight = 100 }] },
            },
            World = new ObservedWorld
            {
                Revisions = [Ready("v1", 2), Ready("v2", 1)],
                Routers =
                [
                    new ObservedRouter
                    {
                        Pod = "r1",
                        Report = new EvidenceReport { Instance = "r1", TableVersion = 1, Oldest = 0, Next = 1, Ticks = [] },
                    },
                ],
            },
            Now = Now,
        };
        return evaluation is null
            ? input
            : input with { Status = Plan(input).Status, World = input.World with { Evaluation = evaluation } };
    }

    private static PlannerInput First() => Evaluating() with
    {
        WantedRevision = "v1",
        Status = new ModelDeploymentStatus { ObservedGeneration = 2 },
        World = new ObservedWorld { Revisions = [Ready("v1", 2)] },
    };

    private static ObservedEvaluation FirstEnded(int wrong) =>
        Ended(new EvaluationCounts(1000, 1000, new EvaluationArm(wrong, 1000, 0, TimeSpan.FromMilliseconds(20)))) with { Revision = "v1" };

    private static ObservedEvaluation Observed(long rows, long totalRows, EvaluationCounts counts) =>
        new() { Revision = "v2", StartedAt = Now, TotalRows = totalRows, Counts = counts with { Rows = rows } };

    private static ObservedEvaluation Ended(EvaluationCounts counts) =>
        new() { Revision = "v2", StartedAt = Now, EndedAt = Now.AddSeconds(30), TotalRows = counts.Rows, Counts = counts };

    private static EvaluationCounts Counts(
        long rows, long canaryWrong, long stableWrong, long onlyCanary, long onlyStable, long slow = 0) =>
        new(
            rows,
            rows,
            new EvaluationArm(canaryWrong, rows, slow, TimeSpan.FromMilliseconds(20)),
            new EvaluationArm(stableWrong, rows, 0, TimeSpan.FromMilliseconds(22)),
            onlyCanary,
            onlyStable);

    private static ObservedRevision Ready(string revision, int pods) =>
        new() { Revision = revision, CreatedAt = Now.AddDays(-1), DesiredReplicas = pods, Replicas = pods, ReadyReplicas = pods };
}
