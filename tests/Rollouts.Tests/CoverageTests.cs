using ModelOperator.Evidence;
using static ModelOperator.Rollouts.Tests.SinglePlan;

namespace ModelOperator.Rollouts.Tests;

/// <summary>There are no more outcomes than predictions, whoever says so.</summary>
public class CoverageTests
{
    [TestCase(12_288, 0, 12_288)]
    [TestCase(0, 12_288, 0)]
    [TestCase(9, 3, 9)]
    public void Outcomes_of_no_prediction_are_left_out_and_told(int incorrect, int correct, int bad)
    {
        var plan = Plan(Input(Comparing(), "v2", Router(Heard(Outcomes(10, incorrect, correct)))));

        var accuracy = Counts(plan, "accuracy");
        int all = incorrect + correct, counted = Math.Min(10, all);
        Assert.Multiple(() =>
        {
            Assert.That((accuracy.Canary!.Total, accuracy.Canary.Bad), Is.EqualTo((counted, (int)Math.Round((double)bad * counted / all))));
            Assert.That(
                accuracy.Message,
                Does.Contain($"; {all - counted:N0} outcomes are left out: more came than the revisions made predictions"));
            Assert.That(plan.Status.Rejected, Is.Null);
        });
    }

    [Test]
    public void Forged_outcomes_without_a_single_prediction_decide_nothing()
    {
        var status = Comparing();
        for (int i = 0; i < 30; i++)
        {
            var tick = Outcomes(predictions: 0, incorrect: 4096, correct: 0, sequence: 50 + i);
            status = Plan(Input(status, "v2", Router(Heard(tick))) with { Now = Now.AddSeconds(12 * i) }).Status;
        }

        Assert.That(
            (status.CanaryRevision, status.Rejected, status.Analysis!.Single(g => g.Name == "accuracy").Canary!.Total),
            Is.EqualTo(("v2", (object?)null, 0L)));
    }

    [Test]
    public void Truth_may_come_later_than_its_prediction_also_after_the_operator_or_a_router_has_restarted()
    {
        var predicted = Plan(Input(Comparing(), "v2", Router(Heard(Outcomes(predictions: 40, 0, 0))))).Status;
        var later = new EvidenceReport
        {
            Instance = "another",
            TableVersion = 2,
            Oldest = 0,
            Next = 9,
            Ticks = [Outcomes(0, incorrect: 30, correct: 20, sequence: 5)],
        };
        var plan = Plan(Input(predicted, "v2", Router(later)));

        Assert.That((Counts(plan, "accuracy").Canary!.Total, Counts(plan, "accuracy").Canary!.Bad), Is.EqualTo((40L, 24L)));
    }

    private static EvidenceTick Outcomes(int predictions, int incorrect, int correct, long sequence = 50) => new()
    {
        Sequence = sequence,
        Start = Now,
        Revisions = new() { ["v2"] = new RevisionCounts { Predictions = predictions, Incorrect = incorrect, Correct = correct } },
    };
}
