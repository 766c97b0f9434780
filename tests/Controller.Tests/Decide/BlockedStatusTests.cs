using ModelOperator.Api;
using ModelOperator.Controller.Decide;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Decide;

[Parallelizable(ParallelScope.All)]
public sealed class BlockedStatusTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_model_that_never_served_is_not_ready_and_stalled()
    {
        ModelDeploymentStatus status = BlockedStatus.Of(
            Models.Digits(model => model.Metadata.Generation = 3), null, "InvalidSpec", "why", Now);

        Assert.That(status.Phase, Is.EqualTo(RolloutPhase.Stalled));
        Assert.That(status.ObservedGeneration, Is.EqualTo(3));
        Assert.That(
            status.Conditions!.Select(
                condition => (condition.Type, condition.Status, condition.Reason, condition.Message, condition.ObservedGeneration)),
            Is.EqualTo(new[]
            {
                ("Ready", "False", "InvalidSpec", "why", (long?)3),
                ("Progressing", "False", "InvalidSpec", "why", 3),
                ("Stalled", "True", "InvalidSpec", "why", 3),
            }));
    }

    [Test]
    public void A_stable_revision_serves_on_and_all_that_was_decided_stays()
    {
        ModelDeployment model = Models.Digits(digits => digits.Status = new ModelDeploymentStatus
        {
            Phase = RolloutPhase.Analyzing,
            StableRevision = "aaaaaaaaaa",
            CanaryRevision = "bbbbbbbbbb",
            Routing = new RoutingTable { Version = 4 },
            Conditions = [new Condition { Type = "Ready", Status = "True", Reason = "Serving" }],
        });

        ModelDeploymentStatus status = BlockedStatus.Of(model, null, "NameConflict", "why", Now);

        Assert.That((status.Phase, status.StableRevision, status.CanaryRevision, status.Routing!.Version),
            Is.EqualTo((RolloutPhase.Analyzing, "aaaaaaaaaa", "bbbbbbbbbb", 4)));
        Assert.That(status.Conditions![0], Has.Property("Status").EqualTo("True").And.Property("Reason").EqualTo("Serving"));
        Assert.That(status.Conditions!.Single(condition => condition.Type == "Stalled").Status, Is.EqualTo("True"));
        Assert.That(model.Status!.Conditions, Has.Count.EqualTo(1), "the cache's object is not changed");
    }

    [Test]
    public void What_was_planned_meanwhile_is_kept_and_moves_no_time()
    {
        ModelDeployment model = Models.Digits(digits => digits.Status = new ModelDeploymentStatus { StableRevision = "aaaaaaaaaa" });
        model.Status = BlockedStatus.Of(model, null, "InvalidSpec", "why", Now);
        ModelDeploymentStatus planned = StatusCopy.Of(model.Status);
        planned.Routing = new RoutingTable { Version = 5 };
        foreach (string type in new[] { "Progressing", "Stalled" })
        {
            Conditions.Set(
                planned.Conditions!, type, type == "Stalled" ? "False" : "True", "RolledBack", "all is well", 1, Now.AddMinutes(1));
        }

        ModelDeploymentStatus status = BlockedStatus.Of(model, planned, "InvalidSpec", "why", Now.AddMinutes(1));

        Assert.That(status.Routing!.Version, Is.EqualTo(5));
        Assert.That(
            status.Conditions!.Select(condition => (condition.Type, condition.Status, condition.Reason, condition.LastTransitionTime)),
            Is.EqualTo(new[] { ("Progressing", "False", "InvalidSpec", (DateTimeOffset?)Now), ("Stalled", "True", "InvalidSpec", Now) }));
    }

    [Test]
    public void Said_twice_it_is_the_same_status()
    {
        ModelDeployment model = Models.Digits();
        model.Status = BlockedStatus.Of(model, null, "InvalidSpec", "why", Now);

        Assert.That(StatusCopy.AreEqual(model.Status, BlockedStatus.Of(model, null, "InvalidSpec", "why", Now.AddHours(1))), Is.True);
    }
}
