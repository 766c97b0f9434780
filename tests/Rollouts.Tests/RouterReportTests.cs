using ModelOperator.Evidence;
using static ModelOperator.Rollouts.Tests.SinglePlan;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Which ticks of the routers' reports are evidence, one plan each.</summary>
public class RouterReportTests
{
    [Test]
    public void Ticks_from_before_the_rollout_belong_to_no_block()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50, Tick(49, canary: 0)))));
        Assert.That(begun.Status.Cursors!.Single().Next, Is.EqualTo(50));
        var next = Plan(Input(begun.Status, "v2", Router(Report(next: 52, Tick(49), Tick(51)))));
        Assert.That(Counts(next, "errors").Stable!.Total, Is.EqualTo(100));
    }

    [Test]
    public void A_router_that_appears_during_the_rollout_counts_from_the_start_of_the_rollout()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var plan = Plan(Input(begun, "v2", Router(Report(next: 50)), Router(Report("r2", 2, Tick(0, start: -5), Tick(1, start: 3)))));
        Assert.That(Counts(plan, "errors").Stable!.Total, Is.EqualTo(100));
    }

    [Test]
    public void A_tick_that_is_reported_twice_counts_once()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var report = Report(next: 52, Tick(50), Tick(51));
        var once = Plan(Input(begun, "v2", Router(report)));
        var twice = Plan(Input(once.Status, "v2", Router(report)));
        Assert.That(Counts(twice, "errors").Stable!.Total, Is.EqualTo(200));
    }

    [Test]
    public void A_tick_that_is_still_open_is_left_for_the_next_time()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var plan = Plan(Input(begun, "v2", Router(Report(next: 51, Tick(50), Tick(51)))));
        Assert.That(Counts(plan, "errors").Stable!.Total, Is.EqualTo(100));
    }

    [Test]
    public void Lost_ticks_are_told_and_are_no_evidence()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var report = new EvidenceReport { Instance = "r1", TableVersion = 1, Oldest = 400, Next = 1000, Ticks = [] };
        var plan = Plan(Input(begun, "v2", Router(report)));
        Assert.Multiple(() =>
        {
            Assert.That(plan.Status.Rollout!.LostTicks, Is.EqualTo(350));
            Assert.That(Counts(plan, "errors").Stable!.Total, Is.Zero);
        });
    }

    [Test]
    public void Impossible_figures_of_a_router_do_no_harm()
    {
        var begun = Plan(Input(Stable(), "v2", Router(Report(next: 50)))).Status;
        var mad = new RevisionCounts
        {
            Requests = long.MaxValue,
            Errors = long.MaxValue,
            Rejections = long.MaxValue,
            Correct = -5,
            Incorrect = long.MinValue,
            Latency = [[-1, 5], [9999, 5], [3], [], [10, long.MaxValue]],
        };
        var ticks = Enumerable.Range(50, 40).Select(i => new EvidenceTick
        {
            Sequence = i,
            Start = i % 2 == 0 ? DateTimeOffset.MaxValue : DateTimeOffset.MinValue,
            Revisions = new Dictionary<string, RevisionCounts> { ["v1"] = mad, ["v2"] = mad },
        });
        var report =
            new EvidenceReport { Instance = "r1", TableVersion = 1, Oldest = long.MaxValue, Next = long.MaxValue, Ticks = [.. ticks] };
        var plan = Plan(Input(begun, "v2", Router(report)));
        var again = Plan(Input(plan.Status, "v2", Router(report)));
        Assert.Multiple(() =>
        {
            Assert.That(again.Status.Analysis!.TrueForAll(g => g.Canary!.Total >= g.Canary.Bad && g.Canary.Bad >= 0));
            Assert.That(again.Status.Rollout!.LostTicks, Is.Positive);
            Assert.That(again.RequeueAfter, Is.GreaterThan(TimeSpan.Zero));
        });
    }
}
