using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Guardrails on a Prometheus server's numbers.</summary>
public class MetricTests
{
    private long _bad;
    private long _total;

    [SetUp]
    public void StartAnew() => (_bad, _total) = (0, 0);

    [TestCase(20, "RevisionRejected", "MetricHarmful")]
    [TestCase(100, "Stable", null)]
    public void Counters_are_judged_by_what_they_grow_by(int oneBadIn, string reason, string? rejection)
    {
        var simulation = Rollout(Counters(), s => Counted(s, oneBadIn));

        Ends(simulation, reason, rejection);
    }

    [Test]
    public void An_operator_that_dies_again_and_again_counts_everything_once()
    {
        CounterStatus? first = null;
        var simulation = Rollout(Counters(), s => Counted(s, 100), s =>
        {
            s.Dies = second => (second % 3) switch { 0 => Death.AfterStatus, 1 => Death.BeforeStatus, _ => Death.None };
            s.Planned += (_, plan) => first ??= plan.Status.Analysis?.Single().Source?.Canary;
        });

        Ends(simulation, "Stable", null);
        var guardrail = simulation.Status.Analysis!.Single();
        Assert.That(guardrail.Canary!.Total, Is.EqualTo(guardrail.Source!.Canary!.Total - first!.Total));
        Assert.That(guardrail.Canary.Bad, Is.EqualTo(guardrail.Source.Canary.Bad - first.Bad));
    }

    [Test]
    public void A_counter_that_starts_anew_loses_the_interval_and_no_more()
    {
        var begun = Begun(Counters());
        var first = Plan(begun, Answer(At(0), canary: new(100, 1000), stable: new(100, 10000)));
        var second = Plan(first, Answer(At(5), canary: new(101.7, 1100.2), stable: new(110, 11000)));
        var reset = Plan(second, Answer(At(10), canary: new(0, 20), stable: new(120, 12000)));
        var after = Plan(reset, Answer(At(15), canary: new(2, 120), stable: new(130, 13000)));

        var guardrail = after.Analysis!.Single();
        Assert.That((guardrail.Canary!.Bad, guardrail.Canary.Total), Is.EqualTo((1L + 2, 100L + 100)));
        Assert.That((guardrail.Stable!.Bad, guardrail.Stable.Total), Is.EqualTo((10L + 10, 1000L + 1000)));
    }

    [Test]
    public void What_is_counted_while_requests_are_not_split_as_the_table_says_is_left_out()
    {
        var first = Plan(Begun(Counters()), Answer(At(0), canary: new(0, 1000), stable: new(0, 10000)));
        first.Rollout!.Split = GuardrailEvidenceJson.Write(new SplitEvidence { Weight = 5, Blocks = 9, Skew = -0.64 });
        var skewed = Plan(first, Answer(At(5), canary: new(50, 1100), stable: new(0, 11000)));
        Assert.That(skewed.Analysis!.Single().Canary!.Total, Is.Zero);

        skewed.Rollout!.Split = null;
        var after = Plan(skewed, Answer(At(10), canary: new(51, 1200), stable: new(0, 12000)));

        var guardrail = after.Analysis!.Single();
        Assert.That((guardrail.Canary!.Bad, guardrail.Canary.Total), Is.EqualTo((1L, 100L)));
    }

    [Test]
    public void Means_that_come_while_requests_are_not_split_as_the_table_says_are_left_out()
    {
        var begun = Begun(Mean(MetricDirection.HigherIsBetter));
        begun.Rollout!.Split = GuardrailEvidenceJson.Write(new SplitEvidence { Weight = 5, Blocks = 9, Skew = -0.64 });
        var skewed = Plan(begun, Averages(At(5), 3, 4), Mean(MetricDirection.HigherIsBetter));
        Assert.That(skewed.Analysis!.Single().Canary!.Total, Is.Zero);

        skewed.Rollout!.Split = null;
        Assert.That(
            Plan(skewed, Averages(At(10), 3, 4), Mean(MetricDirection.HigherIsBetter)).Analysis!.Single().Canary!.Total, Is.EqualTo(1));
    }

    [Test]
    public void The_same_answer_twice_and_one_too_early_count_once()
    {
        var first = Plan(Begun(Counters()), Answer(At(0), new(0, 0), new(0, 0)));
        var second = Plan(first, Answer(At(5), new(1, 100), new(1, 100)));

        var again = Plan(second, Answer(At(5), new(1, 100), new(1, 100)));
        var early = Plan(again, Answer(At(6), new(1, 120), new(1, 120)));

        Assert.That(early.Analysis!.Single().Canary!.Total, Is.EqualTo(100));
    }

    [Test]
    public void Bad_that_grows_more_than_all_waits_for_the_next_answer_and_says_so()
    {
        var first = Plan(Begun(Counters()), Answer(At(0), new(0, 0), new(0, 0)));
        var odd = Plan(first, Answer(At(5), new(5, 3), new(1, 100)));
        Assert.That(
            odd.Analysis!.Single().Source!.Problem, Does.Contain("badQuery grew more than totalQuery (5 of 3 canary, 1 of 100 stable)"));

        var whole = Plan(odd, Answer(At(10), new(5, 103), new(2, 200)));

        Assert.That(whole.Analysis!.Single().Canary!.Total, Is.EqualTo(103));
        Assert.That(whole.Analysis!.Single().Source!.Problem, Is.Null);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(-1)]
    [TestCase(1e300)]
    public void What_is_no_count_is_no_data(double total)
    {
        var first = Plan(Begun(Counters()), Answer(At(0), new(0, 0), new(0, 0)));

        var odd = Plan(first, Answer(At(5), new(0, total), new(1, 100)));

        Assert.That(odd.Analysis!.Single().Source!.Problem, Is.EqualTo("no counters of both revisions"));
        Assert.That(odd.Analysis!.Single().Verdict, Is.EqualTo("NoData"));
    }

    [TestCase(MetricDirection.HigherIsBetter, 3.2, "RevisionRejected", "MetricHarmful")]
    [TestCase(MetricDirection.HigherIsBetter, 4.8, "Stable", null)]
    [TestCase(MetricDirection.LowerIsBetter, 4.8, "RevisionRejected", "MetricHarmful")]
    [TestCase(MetricDirection.LowerIsBetter, 3.2, "Stable", null)]
    public void Means_are_judged_on_their_range_and_in_their_direction(
        MetricDirection direction, double canary, string reason, string? rejection)
    {
        var simulation = Rollout(Mean(direction), s => new MetricAnswer { At = s.Now, CanaryMean = canary, StableMean = 4.0 });

        Ends(simulation, reason, rejection);
        Assert.That(simulation.Status.Analysis!.Single().Canary!.Mean, Is.EqualTo(FormattableString.Invariant($"{canary}")));
    }

    [Test]
    public void A_server_that_is_lost_decides_nothing_is_told_once_and_holds_the_rollout_at_its_deadline()
    {
        var events = new List<PlannedEvent>();
        var simulation = Rollout(
            Counters(),
            s => new MetricAnswer { At = s.Now, Problem = "connection refused" },
            s => s.Planned += (_, plan) => events.AddRange(plan.Events),
            InconclusiveAction.Promote);

        Assert.That(simulation.Status.Phase, Is.EqualTo(RolloutPhase.Held));
        Assert.That(
            simulation.Status.Message,
            Does.Contain("sold: no counts of sold of either revision yet; no answer that can be used now: connection refused"));
        Assert.That(events.Count(e => e.Reason == Reasons.MetricsUnavailable), Is.EqualTo(1));
    }

    [TestCase(InconclusiveAction.Promote)]
    [TestCase(InconclusiveAction.Rollback)]
    public void A_server_that_is_lost_on_the_way_holds_the_rollout_at_its_deadline(InconclusiveAction onInconclusive)
    {
        var simulation = Rollout(
            Counters(),
            s => _total < 300 ? Counted(s, 100) : new MetricAnswer { At = s.Now, Problem = "connection refused" },
            onInconclusive: onInconclusive);

        Assert.That(simulation.Status.Analysis!.Single().Canary!.Total, Is.Positive);
        Assert.That((simulation.Status.Phase, simulation.Status.CanaryRevision), Is.EqualTo(((RolloutPhase?)RolloutPhase.Held, "v2")));
    }

    [Test]
    public void No_step_is_taken_while_a_server_is_lost()
    {
        bool works = false;
        var simulation = Begin(
            Counters(), s => works ? Counted(s, 100) : new MetricAnswer { At = s.Now, Problem = "connection refused" }, weights: [20, 50]);

        simulation.Run(120);
        Assert.That(simulation.Status.Rollout!.Step, Is.Zero);
        works = true;
        simulation.RunUntil(s => s.Rollout?.Step == 1, 30);
    }

    [Test]
    public void A_server_is_missed_by_an_event_when_it_had_time_to_begin_and_again_when_it_is_lost_again()
    {
        var events = new List<PlannedEvent>();
        bool works = false;
        var simulation = Begin(
            Counters(),
            s => works ? Counted(s, 100) : new MetricAnswer { At = s.Now, Problem = "no series matches the query" },
            s => s.Planned += (_, plan) => events.AddRange(plan.Events.Where(e => e.Reason == Reasons.MetricsUnavailable)));
        simulation.Run(10);
        Assert.That(events, Is.Empty, "counters begin with the first requests");
        simulation.Run(30);
        Assert.That(events, Has.Count.EqualTo(1));
        works = true;
        simulation.Run(20);
        works = false;
        simulation.Run(20);

        Assert.That(events, Has.Count.EqualTo(2));
    }

    [Test]
    public void Means_outside_the_range_are_counted_as_its_end_and_told()
    {
        var guardrail = Mean(MetricDirection.HigherIsBetter);
        var first = Plan(Begun(guardrail), Averages(At(0), canary: 4, stable: 5), guardrail);
        Assert.That(first.Analysis!.Single().Source!.Clamped, Is.Null);
        var second = Plan(first, Averages(At(5), canary: 12, stable: 5), guardrail);

        var third = Plan(second, Averages(At(10), canary: 5, stable: -1), guardrail);

        Assert.That(third.Analysis!.Single().Source!.Clamped, Is.EqualTo(2));
        Assert.That(
            third.Analysis!.Single().Message, Does.EndWith("; in 2 of 3 intervals a mean was outside 0 to 10 and counted as its end"));
        Assert.That((third.Analysis!.Single().Canary!.Mean, third.Analysis!.Single().Stable!.Mean), Is.EqualTo(("6.333", "3.333")));
    }

    [Test]
    public void While_a_server_is_lost_the_condition_says_so()
    {
        var lost = Plan(Begun(Counters()), new MetricAnswer { At = At(0), Problem = "connection refused" });

        var progressing = lost.Conditions!.Single(c => c.Type == ConditionTypes.Progressing);
        Assert.That(progressing.Reason, Is.EqualTo(Reasons.MetricsUnavailable));
        Assert.That(
            progressing.Message,
            Does.StartWith("nothing is decided by sold (connection refused) until it answers; canary v2 gets 50 percent"));
    }

    [Test]
    public void Another_query_starts_anew()
    {
        var first = Plan(Begun(Counters()), Answer(At(0), new(0, 0), new(0, 0)));
        var second = Plan(first, Answer(At(5), new(1, 100), new(1, 100)));
        var other = Counters();
        other.Prometheus!.BadQuery = "other{revision='{{revision}}'}";

        var plan = Plan(second, Answer(At(10), new(1, 200), new(1, 200)), other);

        Assert.That(plan.Analysis!.Single().Canary!.Total, Is.Zero);
    }

    /// <summary>The source falls silent with its last answer at the first weight, where all was well.</summary>
    [Test]
    public void Safety_at_the_first_weight_promotes_at_no_other([Values] bool isMean)
    {
        var guardrail = isMean ? Mean(MetricDirection.LowerIsBetter) : Counters();
        string? atFirst = null;
        var simulation = Begin(
            guardrail,
            s =>
            {
                if (s.Status.Rollout is { Step: 0 } && s.Status.Analysis?.Single().Verdict is { } verdict)
                {
                    atFirst = verdict;
                }

                return s.Status.Rollout is { Step: > 0 } ? new MetricAnswer { At = s.Now, Problem = "silent" }
                    : isMean ? Averages(s.Now, 3 + (0.01 * (s.Now.Second % 3)), 5)
                    : Counted(s, 100);
            },
            firstStepSeconds: 1200,
            weights: [10, 50]);
        simulation.RunUntil(s => s.Rollout is { Step: 1 }, 2400);
        simulation.Run(600);

        Assert.Multiple(() =>
        {
            Assert.That(atFirst, Is.EqualTo("Safe"));
            Assert.That(simulation.Status.StableRevision, Is.EqualTo("v1"));
            Assert.That(simulation.Status.Analysis!.Single().Verdict, Is.Not.EqualTo("Safe"));
        });
    }

    private MetricAnswer Counted(Simulation simulation, int oneBadIn)
    {
        _total += 100;
        _bad += 100 / oneBadIn;
        return Answer(simulation.Now, new(_bad, _total), new(_total / 100, _total));
    }

    private static Guardrail Counters() => new()
    {
        Name = "sold",
        Type = GuardrailType.Prometheus,
        MarginPercent = 1,
        Prometheus = new PrometheusMetric
        {
            Address = "http://prometheus:9090",
            BadQuery = "lost{revision='{{revision}}'}",
            TotalQuery = "all{revision='{{revision}}'}",
        },
    };

    private static Guardrail Mean(MetricDirection direction) => new()
    {
        Name = "sold",
        Type = GuardrailType.Prometheus,
        MarginPercent = 2,
        Prometheus = new PrometheusMetric
        {
            Address = "http://prometheus:9090",
            MeanQuery = "mean{revision='{{revision}}'}",
            MeanMinimum = "0",
            MeanMaximum = "10",
            Direction = direction,
        },
    };

    private static MetricAnswer Answer(DateTimeOffset at, CounterReading canary, CounterReading stable) =>
        new() { At = at, CanaryCounters = canary, StableCounters = stable };

    private static MetricAnswer Averages(DateTimeOffset at, double canary, double stable) =>
        new() { At = at, CanaryMean = canary, StableMean = stable };

    private static Simulation Rollout(
        Guardrail guardrail, Func<Simulation, MetricAnswer> metric, Action<Simulation>? prepare = null,
        InconclusiveAction? onInconclusive = null)
    {
        var simulation = Begin(guardrail, metric, prepare, onInconclusive);
        simulation.RunUntil(s => s.CanaryRevision is null || s.Phase == RolloutPhase.Held, 2400);
        simulation.Run(20);
        return simulation;
    }

    private static Simulation Begin(
        Guardrail guardrail,
        Func<Simulation, MetricAnswer> metric,
        Action<Simulation>? prepare = null,
        InconclusiveAction? onInconclusive = null,
        int? firstStepSeconds = null,
        params int[] weights)
    {
        var spec = Specs.Digits(
            deadlineSeconds: onInconclusive is null ? 3600 : 60,
            onInconclusive: onInconclusive,
            weights: weights.Length == 0 ? [50] : weights);
        spec.Rollout!.Analysis!.Guardrails = [guardrail];
        spec.Rollout.Steps![0].DurationSeconds = firstStepSeconds ?? spec.Rollout.Steps[0].DurationSeconds;
        var simulation = new Simulation { Metric = metric };
        simulation.Planned = new Invariants().Check;
        prepare?.Invoke(simulation);
        simulation.Ask("v1", new Behaviour(), spec);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 60);
        simulation.Ask("v2", new Behaviour());
        simulation.RunUntil(s => s.CanaryRevision is not null, 20);
        return simulation;
    }

    private static void Ends(Simulation simulation, string reason, string? rejection)
    {
        Assert.That(
            simulation.Status.Conditions!.Single(c => c.Type == ConditionTypes.Progressing).Reason,
            Is.EqualTo(reason),
            simulation.Status.Message);
        Assert.That(simulation.Status.Rejected?.Single().Reason, Is.EqualTo(rejection));
    }

    private static DateTimeOffset At(int second) => new(2026, 1, 1, 13, 0, second, TimeSpan.Zero);

    /// <summary>A canary with half of the requests.</summary>
    private static ModelDeploymentStatus Begun(Guardrail guardrail)
    {
        var spec = Specs.Digits(weights: 50);
        spec.Rollout!.Analysis!.Guardrails = [guardrail];
        var simulation = new Simulation();
        simulation.Ask("v1", new Behaviour(), spec);
        simulation.RunUntil(s => s.Phase == RolloutPhase.Stable, 60);
        simulation.Ask("v2", new Behaviour());
        simulation.RunUntil(s => s.Rollout?.AnalysisStartedAt is not null, 60);
        return simulation.Status;
    }

    private static ModelDeploymentStatus Plan(ModelDeploymentStatus status, MetricAnswer answer, Guardrail? guardrail = null)
    {
        var spec = Specs.Digits(weights: 50);
        spec.Rollout!.Analysis!.Guardrails = [guardrail ?? Counters()];
        return Planner.Plan(new PlannerInput
        {
            Name = "digits",
            Generation = 1,
            Spec = Defaults.Resolve(spec, "inference-runtime:1"),
            WantedRevision = "v2",
            Status = status,
            World = new ObservedWorld
            {
                Revisions = [.. new[] { "v1", "v2" }.Select(
                    r => new ObservedRevision { Revision = r, DesiredReplicas = 2, Replicas = 2, ReadyReplicas = 2 })],
                Routers =
                [
                    new ObservedRouter
                    {
                        Pod = "r1",
                        Report = new Evidence.EvidenceReport { Instance = "r1", TableVersion = 9, Oldest = 0, Next = 0, Ticks = [] },
                    },
                ],
                Metrics = new Dictionary<string, MetricAnswer> { ["sold"] = answer },
            },
            Now = answer.At,
        }).Status;
    }
}
