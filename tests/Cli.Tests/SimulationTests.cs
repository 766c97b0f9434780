using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Cli.Simulate;
using ModelOperator.Testing;

namespace ModelOperator.Cli.Tests;

/// <summary>The planner's rules, as they show in simulated rollouts.</summary>
public class SimulationTests
{
    private static readonly ArmBehaviour Good = new() { Accuracy = 0.95, Errors = 0.01, P95 = TimeSpan.FromMilliseconds(40) };

    [Test]
    public void A_canary_as_good_as_stable_is_promoted_and_climbs_every_step()
    {
        var runs = Run(Settings());

        Assert.That(runs.Select(run => run.Outcome), Is.All.EqualTo(Outcome.Promoted));
        foreach (var run in runs)
        {
            Assert.Multiple(() =>
            {
                Assert.That(run.Weights.Select(change => change.Weight), Is.EqualTo(new[] { 5, 25, 50, 100 }));
                Assert.That(run.Steps, Has.Count.EqualTo(3));
                Assert.That(run.Steps[1] - run.Steps[0], Is.GreaterThanOrEqualTo(60), "durationSeconds");
                Assert.That(run.Verdicts, Is.All.EqualTo(Verdict.Safe));
                Assert.That(run.Wrong, Is.EqualTo(run.Requests * 0.05).Within(120));
                Assert.That(run.Slow, Is.EqualTo(run.Requests * 0.05).Within(120), "5 % are slower than the 95 % quantile");
            });
        }
    }

    [TestCase("accuracy", Reasons.AccuracyHarmful)]
    [TestCase("slower", Reasons.LatencyHarmful)]
    [TestCase("errors", Reasons.ErrorRateHarmful)]
    public void A_bad_canary_is_rolled_back_for_what_is_bad_about_it(string guardrail, string reason)
    {
        var canary = guardrail switch
        {
            "accuracy" => Good with { Accuracy = 0.85 },
            "slower" => Good with { P95 = TimeSpan.FromMilliseconds(80) },
            _ => Good with { Errors = 0.1 },
        };

        foreach (var run in Run(Settings() with { Canary = canary }))
        {
            Assert.That((run.Outcome, run.Reason, run.HarmfulGuardrail), Is.EqualTo((Outcome.RolledBack, reason, guardrail)));
            Assert.That(run.Weights[^1].Weight, Is.Zero);
        }
    }

    /// <summary>As the demo's v4: its 90 % quantile is several times stable's.</summary>
    [TestCase(20)]
    [TestCase(600)]
    public void What_the_demo_asks_finds_a_canary_that_is_several_times_slower_and_none_that_is_as_fast(int history)
    {
        var fast = Good with { P50 = TimeSpan.FromMilliseconds(1.5), P95 = TimeSpan.FromMilliseconds(4) };
        using var manifest = new TemporaryFile(Manifests.Demo());
        var settings = Settings() with
        {
            Spec = SettingsReader.Manifest(new InputFile(manifest.Path, () => Stream.Null)).Spec,
            RequestsPerSecond = 100,
            Stable = fast,
            Canary = fast,
            HistorySeconds = history,
            Runs = 20,
        };

        Assert.That(Run(settings).Select(run => run.Outcome), Is.All.EqualTo(Outcome.Promoted));
        Assert.That(
            Run(settings with { Canary = fast with { P50 = TimeSpan.FromMilliseconds(6), P95 = TimeSpan.FromMilliseconds(11) } })
                .Select(run => run.Reason),
            Is.All.EqualTo(Reasons.LatencyHarmful));
    }

    [TestCase("Hold", nameof(Outcome.Held))]
    [TestCase("Rollback", nameof(Outcome.RolledBack))]
    [TestCase("Promote", nameof(Outcome.Promoted))]
    public void What_the_data_cannot_tell_ends_at_the_deadline_as_the_manifest_says(string onInconclusive, string outcome)
    {
        var settings = Settings(
            $$"""{deadlineSeconds: 300, onInconclusive: {{onInconclusive}}, """
            + "guardrails: [{name: accuracy, type: Accuracy, marginPercent: 5}]}");

        foreach (var run in Run(settings with { Canary = Good with { Accuracy = 0.90 } }))
        {
            Assert.Multiple(() =>
            {
                Assert.That((run.Outcome.ToString(), run.Reason), Is.EqualTo((outcome, Reasons.AnalysisDeadlineExceeded)));
                Assert.That(run.Seconds, Is.InRange(310, 330), "ten seconds for the pod, then the deadline");
            });
        }
    }

    [Test]
    public void Truth_that_comes_late_makes_the_verdict_late()
    {
        var settings = Settings("{guardrails: [{name: accuracy, type: Accuracy}]}");

        var prompt = Run(settings);
        var late = Run(settings with { FeedbackDelaySeconds = 600 });
        var rare = Run(settings with { Feedback = 0.2 });

        Assert.Multiple(() =>
        {
            Assert.That(late.Min(run => run.Seconds), Is.GreaterThan(prompt.Max(run => run.Seconds)).And.GreaterThan(600));
            Assert.That(rare.Average(run => run.Seconds), Is.GreaterThan(1.5 * prompt.Average(run => run.Seconds)));
        });
    }

    [Test]
    public void Without_any_truth_nothing_is_decided_whatever_the_manifest_says()
    {
        var settings = Settings("{deadlineSeconds: 300, onInconclusive: Promote, guardrails: [{name: accuracy, type: Accuracy}]}");

        var runs = Run(settings with { Feedback = 0 });

        Assert.That(runs.Select(run => (run.Outcome, run.Verdicts[0])), Is.All.EqualTo((Outcome.Held, Verdict.NoData)));
    }

    [Test]
    public void Progress_is_told_after_a_second_and_every_five_until_it_is_done()
    {
        var time = new ManualTimeProvider();
        var progress = new StringWriter();
        using var stop = new CancellationTokenSource();
        var work = Task.Run(
            () => new Simulator(Settings() with { Runs = 100_000 }, time, TextWriter.Synchronized(progress)).Run(stop.Token));
        Assert.That(() => time.PendingTimers, Is.EqualTo(1).After(10_000, 5));
        time.Advance(TimeSpan.FromSeconds(11.5));
        stop.Cancel();

        Assert.That(async () => await work, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            progress.ToString(),
            Does.Match(@"\Akubectl-model: \d+ of 100000 rollouts after 1 seconds\n.* after 6 seconds\n.* after 11 seconds\n\z"));
    }

    [Test]
    public void The_simulated_router_says_what_it_draws_as_a_real_one_does()
    {
        var settings = Settings();
        var draw = new Draw(1, 1);
        var router = new SimulatedRouter(
            settings, new ArmTraffic(settings, Good, null, draw), new ArmTraffic(settings, Good, null, draw), draw);
        router.Follow(new RoutingTable
        {
            Version = 1,
            Targets =
            [
                new TrafficTarget { Revision = Revisions.Stable, Weight = 75 },
                new TrafficTarget { Revision = Revisions.Canary, Weight = 25 },
            ],
        });
        for (int second = 0; second < 100; second++)
        {
            router.Serve(DateTimeOffset.UnixEpoch.AddSeconds(second), 1);
        }

        var ticks = router.Observe(0).Report!.Ticks;
        long canary = ticks.Sum(tick => tick.Revisions.GetValueOrDefault(Revisions.Canary)?.Drawn ?? 0);
        long all = ticks.Sum(tick => tick.Revisions.Values.Sum(counts => counts.Drawn!.Value));
        Assert.That((double)canary / all, Is.EqualTo(0.25).Within(0.005));
        Assert.That(all, Is.EqualTo(ticks.Sum(tick => tick.Revisions.Values.Sum(counts => counts.Requests))));
    }

    [Test]
    public void A_gate_decides_when_it_speaks()
    {
        const string gated =
            """{guardrails: [{name: errors, type: ErrorRate}, {name: approval, type: Webhook, webhook: {url: "http://approvals/"}}]}""";
        var harmful = Settings(gated) with { Gates = Gate(new GateBehaviour(Verdict.Harmful, 90)) };
        var silent = Settings(gated) with { Gates = Gate(new GateBehaviour(Verdict.Continue, 0)) };

        Assert.Multiple(() =>
        {
            Assert.That(
                Run(harmful).Select(run => (run.Outcome, run.Reason, run.Seconds is >= 100 and <= 115)),
                Is.All.EqualTo((Outcome.RolledBack, Reasons.GateHarmful, true)));
            Assert.That(
                Run(silent with { Spec = WithDeadline(silent.Spec, 400) }).Select(run => run.Outcome),
                Is.All.EqualTo(Outcome.Held));
        });
    }

    [Test]
    public void Metrics_of_Prometheus_are_counted_and_averaged()
    {
        const string metrics = """
            {guardrails: [
                {name: bounces, type: Prometheus, marginPercent: 2, prometheus: {address: "http://prometheus", badQuery: "bad{r='{{revision}}'}", totalQuery: "all{r='{{revision}}'}"}},
                {name: revenue, type: Prometheus, marginPercent: 5,
                 prometheus: {address: "http://prometheus", meanQuery: "mean{r='{{revision}}'}", meanMinimum: "0", meanMaximum: "100", direction: HigherIsBetter}}]}
            """;
        var stable = Behave("bounces=0.1,revenue=50~20", metrics);
        var settings = Settings(metrics) with { Stable = stable, Canary = stable };

        Assert.Multiple(() =>
        {
            Assert.That(Run(settings).Select(run => run.Outcome), Is.All.EqualTo(Outcome.Promoted));
            Assert.That(
                Run(settings with { Canary = Behave("bounces=0.2", metrics).Or(stable) }).Select(run => (run.Reason, run.HarmfulGuardrail)),
                Is.All.EqualTo((Reasons.MetricHarmful, "bounces")));
            Assert.That(
                Run(settings with { Canary = Behave("revenue=30~20", metrics).Or(stable) })
                    .Select(run => (run.Reason, run.HarmfulGuardrail)),
                Is.All.EqualTo((Reasons.MetricHarmful, "revenue")));
        });
    }

    [Test]
    public void A_run_does_not_depend_on_how_many_there_are()
    {
        var settings = Settings() with { Canary = Good with { Accuracy = 0.92 }, OwnWobble = 0.2, SharedWobble = 0.3 };

        var few = Run(settings with { Runs = 2 });
        var many = Run(settings with { Runs = 6 });

        Assert.That(many.Take(2).Select(Figures), Is.EqualTo(few.Select(Figures)));
        Assert.That(Run(settings with { Runs = 2, Seed = 2 }).Select(Figures), Is.Not.EqualTo(few.Select(Figures)));
    }

    [Test]
    public void A_guardrail_that_only_warns_is_no_reason_for_an_end()
    {
        var settings = Settings("{guardrails: [{name: errors, type: ErrorRate, onHarm: Warn}, {name: accuracy, type: Accuracy}]}");

        foreach (var run in Run(settings with { Canary = Good with { Errors = 0.1 } }))
        {
            Assert.That(
                (run.Outcome, run.HarmfulGuardrail, run.Verdicts[0]),
                Is.EqualTo((Outcome.Promoted, (string?)null, Verdict.Harmful)));
        }

        foreach (var run in Run(settings with { Canary = Good with { Errors = 0.1, Accuracy = 0.7 } }))
        {
            Assert.That((run.Outcome, run.HarmfulGuardrail), Is.EqualTo((Outcome.RolledBack, "accuracy")));
        }
    }

    [Test]
    public void No_evaluation_is_waited_for()
    {
        using var manifest = new TemporaryFile(File.ReadAllText(Manifests.Sample("digits-rollout.yaml"))
            .Replace(
                "  rollout:\n",
                "  rollout:\n    evaluation: {dataset: {uri: \"http://model-store/digits.ndjson\"}, minAccuracyPercent: 99}\n"));

        var (name, spec) = SettingsReader.Manifest(new InputFile(manifest.Path, () => Stream.Null));

        Assert.That(Run(Settings() with { Name = name, Spec = spec }).Select(run => run.Outcome), Is.All.EqualTo(Outcome.Promoted));
    }

    private static (int, long, long, long, long) Figures(RunResult run) => (run.Seconds, run.Requests, run.Wrong, run.Failed, run.Slow);

    private static Dictionary<string, GateBehaviour> Gate(GateBehaviour behaviour) => new() { ["approval"] = behaviour };

    private static EffectiveSpec WithDeadline(EffectiveSpec spec, int seconds) =>
        spec with { Rollout = spec.Rollout with { Analysis = spec.Rollout.Analysis with { Deadline = TimeSpan.FromSeconds(seconds) } } };

    private static ArmBehaviour Behave(string text, string analysis) =>
        new BehaviourParser("--stable", Settings(analysis).Spec.Rollout.Analysis.Guardrails).Parse(text);

    private static SimulationSettings Settings(string? analysis = null)
    {
        using var manifest = analysis is null ? null : new TemporaryFile(Manifests.With(analysis));
        var (name, spec) = SettingsReader.Manifest(
            new InputFile(manifest?.Path ?? Manifests.Sample("digits-rollout.yaml"), () => Stream.Null));
        return new SimulationSettings
        {
            Name = name,
            Spec = spec,
            RequestsPerSecond = 50,
            Stable = Good,
            Canary = Good,
            Gates = SettingsReader.Gates([], spec.Rollout.Analysis.Guardrails),
            HistorySeconds = 600,
            Runs = 4,
        };
    }

    private static IReadOnlyList<RunResult> Run(SimulationSettings settings) =>
        new Simulator(settings, TimeProvider.System, TextWriter.Null).Run(CancellationToken.None);
}
