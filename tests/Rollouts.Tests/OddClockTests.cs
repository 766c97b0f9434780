using ModelOperator.Api;
using ModelOperator.Evidence;
using ModelOperator.Rollouts.Tests.Simulated;
using static ModelOperator.Rollouts.Tests.SinglePlan;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Clocks that are wrong, and routers that come and go in the middle of a block.</summary>
public class OddClockTests
{
    private static readonly Behaviour Bad = new() { ErrorRate = 0.2 };

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static IEnumerable<TestCaseData> Clocks()
    {
        yield return Case("one runs fast", _ => (1, 0));
        yield return Case("both run fast", _ => (1, 1));
        yield return Case("one runs slow", _ => (-1, 0));
        yield return Case("one runs fast and one slow", _ => (1, -1));
        yield return Case("one leaps each second", second => (second % 2 == 0 ? 1 : -1, 0));

        static TestCaseData Case(string name, Func<int, (int First, int Second)> hoursAhead) =>
            new TestCaseData(hoursAhead).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Clocks))]
    public void A_router_whose_clock_is_wrong_holds_up_no_verdict(Func<int, (int First, int Second)> hoursAhead)
    {
        int right = SecondsToRollback(_ => (0, 0));

        Assert.That(SecondsToRollback(hoursAhead), Is.EqualTo(right).Within(15));
    }

    [Test]
    public void A_clock_that_is_set_back_in_the_middle_of_a_block_holds_up_no_verdict()
    {
        var simulation = Begun();
        simulation.Routers.ForEach(router => router.Ahead = Hour);
        simulation.Ask("v2", Bad);
        simulation.RunUntil(status => status.Rollout is { StepConfirmedAt: not null, BlockStartedAt: not null }, 60);

        simulation.Routers.ForEach(router => router.Ahead = TimeSpan.Zero);

        simulation.RunUntil(status => status.Rejected is not null, 120);
    }

    [TestCase(-3600)]
    [TestCase(3600)]
    public void A_router_that_appears_with_a_wrong_clock_counts_from_the_start_of_the_rollout(int ahead)
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var report = new EvidenceReport
        {
            Instance = "r2",
            TableVersion = 1,
            Time = Now.AddSeconds(10 + ahead),
            Oldest = 0,
            Next = 2,
            Ticks = [Tick(0, start: ahead - 5), Tick(1, start: ahead + 3)],
        };

        var plan = Plan(Input(begun, "v2", Router(Report(next: 50)), Router(report)) with { Now = Now.AddSeconds(10) });

        Assert.That(Counts(plan, "errors").Stable!.Total, Is.EqualTo(100));
    }

    [Test]
    public void Each_request_counts_once_whatever_the_clocks_say()
    {
        var simulation = Begun();
        simulation.Routers[0].Ahead = Hour;
        simulation.Routers[1].Ahead = -Hour;
        simulation.Ask("v2", new Behaviour());
        simulation.RunUntil(status => status.Rollout?.StepConfirmedAt is not null, 60);
        long before = Total(simulation);
        simulation.Run(60);

        Assert.That(Total(simulation) - before, Is.EqualTo(60 * simulation.RequestsPerSecond).Within(5 * simulation.RequestsPerSecond));
    }

    [Test]
    public void A_block_that_began_in_the_future_ends()
    {
        var begun = Comparing();
        begun.Rollout!.BlockStartedAt = Now + Hour;

        var now = Planner.Plan(Input(begun, "v2", Router(Heard(Tick(50))))).Status;
        var later = Planner.Plan(Input(now, "v2", Router(Report(next: 90, version: 2))) with { Now = Now.AddSeconds(30) }).Status;

        Assert.That(
            (now.Rollout!.BlockStartedAt, later.Rollout!.BlockStartedAt), Is.EqualTo(((DateTimeOffset?)Now, (DateTimeOffset?)null)));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Routers_that_restart_in_the_middle_of_a_block_cost_at_most_what_they_had_not_reported(int restarted)
    {
        var simulation = Begun();
        simulation.Ask("v2", Bad);
        simulation.RunUntil(status => status.Rollout?.StepConfirmedAt is not null, 60);
        long before = Total(simulation);
        simulation.Run(4);
        for (int i = 0; i < restarted; i++)
        {
            simulation.Routers[i] = new SimulatedRouter($"again{i}", 1);
        }

        simulation.Run(6);

        Assert.That(Total(simulation) - before, Is.GreaterThan(0).And.LessThanOrEqualTo(10 * simulation.RequestsPerSecond));
        simulation.RunUntil(status => status.Rejected is not null, 200);
        Assert.That(simulation.Status.Rejected!.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful));
    }

    [Test]
    public void While_no_router_is_there_nothing_is_decided_and_evidence_goes_on_with_the_next()
    {
        var simulation = Begun();
        simulation.Ask("v2", new Behaviour());
        simulation.RunUntil(status => status.Rollout?.StepConfirmedAt is not null, 60);
        simulation.Run(5);
        var gone = simulation.Routers.ToList();
        var decided = simulation.Status.History!.Count;
        gone.ForEach(router => router.IsSilent = true);
        simulation.Run(120);

        Assert.That(simulation.Status.History, Has.Count.EqualTo(decided));
        simulation.Routers.Clear();
        simulation.Routers.AddRange([new("n1", 1), new("n2", 2)]);
        simulation.RunUntil(status => status.StableRevision == "v2", 600);
    }

    private static int SecondsToRollback(Func<int, (int First, int Second)> hoursAhead)
    {
        var simulation = Begun();
        simulation.Ask("v2", Bad);
        int began = simulation.Second;
        while (simulation.Status.Rejected is null && simulation.Second - began < 300)
        {
            var (first, second) = hoursAhead(simulation.Second - began);
            (simulation.Routers[0].Ahead, simulation.Routers[1].Ahead) = (TimeSpan.FromHours(first), TimeSpan.FromHours(second));
            simulation.Run(1);
        }

        Assert.That(simulation.Status.Rejected?.Single().Reason, Is.EqualTo(Reasons.ErrorRateHarmful), simulation.Status.Message);
        return simulation.Second - began;
    }

    private static Simulation Begun()
    {
        var simulation = new Simulation();
        simulation.Ask("v1", new Behaviour(), Specs.Digits());
        simulation.RunUntil(status => status.Phase == RolloutPhase.Stable, 60);
        simulation.Run(60);
        return simulation;
    }

    private static long Total(Simulation simulation)
    {
        var errors = simulation.Status.Analysis!.Find(guardrail => guardrail.Name == "errors")!;
        return errors.Canary!.Total + errors.Stable!.Total;
    }
}
