using System.Text;
using FsCheck;

namespace ModelOperator.Protocol.Tests;

public sealed class OutcomesTests
{
    [Test]
    public void Right_and_wrong_are_counted_as_they_are() =>
        Assert.That(Outcomes.Of("any", [1, 0, 1]), Is.EqualTo(new Outcomes(2, 1)));

    [TestCase(0.1)]
    [TestCase(0.7)]
    [TestCase(0.999)]
    public void A_reward_counts_as_right_with_its_probability(double reward)
    {
        const int count = 20_000;
        int right = Enumerable.Range(0, count).Sum(i => Outcomes.Of($"request-{i}", [reward]).Correct);

        // Ids are fixed, so that this either always holds or never: within four standard deviations.
        Assert.That(right, Is.EqualTo(count * reward).Within(4 * Math.Sqrt(count * reward * (1 - reward))));
    }

    [Test]
    public void The_rows_of_a_request_are_drawn_each_on_its_own()
    {
        double[] rewards = [.. Enumerable.Repeat(0.5, 10_000)];

        Assert.That(Outcomes.Of("batch", rewards).Correct, Is.EqualTo(5000).Within(200));
    }

    [FsCheck.NUnit.Property]
    public bool The_same_feedback_has_the_same_outcome_wherever_it_arrives_and_a_higher_reward_never_a_worse_one(
        NonNull<string> id, NormalFloat a, NormalFloat b)
    {
        double low = Math.Min(Math.Abs(a.Get) % 1, Math.Abs(b.Get) % 1), high = Math.Max(Math.Abs(a.Get) % 1, Math.Abs(b.Get) % 1);
        return Outcomes.Of(id.Get, [low]) == Outcomes.Of(id.Get, [low])
            && Outcomes.Of(id.Get, [low]).Correct <= Outcomes.Of(id.Get, [high]).Correct;
    }

    [TestCase("1", "1", PredictionKind.Label, 1, 0)]
    [TestCase("[1,\"2\",3]", "[\"1\",2,4]", PredictionKind.Label, 2, 1)]
    [TestCase("1.4", "1", PredictionKind.Number, 1, 0)]
    [TestCase("[1.4,1.6]", "[1,1]", PredictionKind.Number, 1, 1)]
    [TestCase("[[1.4,1.6],[1,1]]", "[[1,1],[1,1]]", PredictionKind.Number, 1, 1)]
    public void Truths_are_held_against_predictions(string prediction, string truth, PredictionKind kind, int correct, int incorrect)
    {
        FeedbackRequest feedback = Read(prediction, truth);

        Assert.That(
            Outcomes.Of(feedback.Prediction!, feedback.Truth!, kind, new Tolerance(0.5, 0)),
            Is.EqualTo(new Outcomes(correct, incorrect)));
    }

    [TestCase("1", "[1,2]", PredictionKind.Label, "truth has 2 values, but prediction has 1; they must be as many, and nested alike")]
    [TestCase(
        "[1,2]", "[[1,2]]", PredictionKind.Number, "truth has 2 values, but prediction has 2; they must be as many, and nested alike")]
    [TestCase("\"a\"", "1", PredictionKind.Number, "prediction is a string, expected a number")]
    [TestCase("1", "1", PredictionKind.None, "truth is not what this model is judged by: send correct or reward")]
    public void What_cannot_be_compared_is_refused(string prediction, string truth, PredictionKind kind, string message)
    {
        FeedbackRequest feedback = Read(prediction, truth);

        Assert.That(
            Assert.Throws<ProtocolException>(() => Outcomes.Of(feedback.Prediction!, feedback.Truth!, kind, default))!.Message,
            Is.EqualTo(message));
    }

    private static FeedbackRequest Read(string prediction, string truth) => FeedbackRequest.Read(
        Encoding.UTF8.GetBytes($$"""{"id":"a","revision":"r","prediction":{{prediction}},"truth":{{truth}}}"""), new ProtocolLimits());
}
