using System.Text;

namespace ModelOperator.Protocol.Tests;

public sealed class FeedbackRequestTests
{
    [TestCase("7", "7")]
    [TestCase("7.0", "7")]
    [TestCase("-7", "-7")]
    [TestCase("18446744073709551615", "18446744073709551615")]
    [TestCase("\"7\"", "7")]
    [TestCase("\"cat\"", "cat")]
    [TestCase("[1,\"2\",3.0]", "1|2|3")]
    public void Labels_compare_as_text(string truth, string labels) =>
        Assert.That(string.Join('|', Read($$"""{"id":"a","truth":{{truth}}}""").Truth!.Labels("truth")), Is.EqualTo(labels));

    [TestCase("7", null, 7.0)]
    [TestCase("-1.5e-3", null, -0.0015)]
    [TestCase("[1, 2.5]", null, 1.0, 2.5)]
    [TestCase("[[1, 2.5], [3, 4]]", 2, 1.0, 2.5, 3.0, 4.0)]
    public void Numbers_come_alone_in_a_list_and_in_a_list_of_rows(string truth, int? width, params double[] numbers)
    {
        FeedbackValues values = Read($$"""{"id":"a","truth":{{truth}}}""").Truth!;

        Assert.That(values.Numbers("truth"), Is.EqualTo(numbers));
        Assert.That(values.Width, Is.EqualTo(width));
    }

    [TestCase("\"correct\":true", true, 1.0)]
    [TestCase("\"correct\":false", true, 0.0)]
    [TestCase("\"correct\":[true,false]", false, 1.0, 0.0)]
    [TestCase("\"reward\":0.7", true, 0.7)]
    [TestCase("\"reward\":[0,1,0.25]", false, 0.0, 1.0, 0.25)]
    public void Somebody_may_say_what_was_right_or_how_good_it_was(string outcome, bool whole, params double[] rewards)
    {
        FeedbackRequest feedback = Read($$"""{{{outcome}},"id":"a"}""");

        Assert.That(feedback.Rewards, Is.EqualTo(rewards));
        Assert.That(feedback.IsOfWholeRequest, Is.EqualTo(whole));
        Assert.That(feedback.Truth, Is.Null);
    }

    [Test]
    public void A_feedback_may_stand_for_itself()
    {
        FeedbackRequest feedback = Read("""{"id":"order-17","revision":"0123456789","prediction":[1,2],"truth":[1,3]}""");

        Assert.That(feedback.Revision, Is.EqualTo("0123456789"));
        Assert.That(feedback.Prediction!.Labels("prediction"), Is.EqualTo(new[] { "1", "2" }));
    }

    [TestCase("""{"truth":1}""", "id is missing: name the request that the feedback is about")]
    [TestCase("""{"id":"","truth":1}""", "id is missing: name the request that the feedback is about")]
    [TestCase("""{"id":"a"}""", "truth is missing: give the right answer, or a list of them for a batch; or else correct or reward")]
    [TestCase("""{"id":"a","truth":[]}""", "truth is an empty list, expected a value for each row of the batch")]
    [TestCase("""{"id":"a","truth":[1,null]}""", "truth[1] is null, expected a number or a string")]
    [TestCase("""{"id":"a","truth":true}""", "truth is true, expected a number or a string")]
    [TestCase("""{"id":"a","truth":1e999}""", "truth is 1e999, expected a number or a string")]
    [TestCase("""{"id":"a","truth":[[1],2]}""", "truth mixes values and lists of values")]
    [TestCase("""{"id":"a","truth":[1,[2]]}""", "truth mixes values and lists of values")]
    [TestCase("""{"id":"a","truth":[[1,2],[3]]}""", "truth[1] has 1 values, expected 2 in every row")]
    [TestCase("""{"id":"a","truth":[[],[]]}""", "truth[0] has 0 values, expected 1 in every row")]
    [TestCase("""{"id":"a","truth":[[[1]]]}""", "truth[0] is a list, expected a number or a string")]
    [TestCase("""{"id":1,"truth":1}""", "id must be a string, not 1")]
    [TestCase("""{"id":"a","id":"b","truth":1}""", "id is given twice")]
    [TestCase("""{"id":"a","truth":1,"truth":1}""", "truth is given twice")]
    [TestCase("""{"id":"a","truth":1,"correct":true}""", "correct and truth exclude each other: give one of truth, correct and reward")]
    [TestCase("""{"id":"a","correct":1}""", "correct is 1, expected true or false")]
    [TestCase("""{"id":"a","correct":[]}""", "correct is an empty list, expected a value for each row of the batch")]
    [TestCase("""{"id":"a","reward":1.1}""", "reward is 1.1, expected a number from 0 to 1")]
    [TestCase("""{"id":"a","reward":[0.5,-0.1]}""", "reward[1] is -0.1, expected a number from 0 to 1")]
    [TestCase("""{"id":"a","reward":true}""", "reward is true, expected a number from 0 to 1")]
    [TestCase("""{"id":"a","prediction":1,"truth":1}""", "prediction belongs to revision and truth: it is what the revision predicted")]
    [TestCase(
        """{"id":"a","revision":"r","truth":1}""",
        "prediction is missing: with revision, the truth is held against it; without revision, against what was answered under the id")]
    [TestCase("3", "the body must be a JSON object, not 3")]
    public void What_is_no_feedback_is_refused_with_what_would_be_right(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => Read(json))!.Message, Is.EqualTo(message));

    [TestCase("""{"id":"a","truth":1.5}""", "truth is 1.5, expected a label: a whole number or a string")]
    [TestCase("""{"id":"a","truth":[[1,1.5]]}""", "truth[0][1] is 1.5, expected a label: a whole number or a string")]
    public void A_number_that_is_not_whole_is_no_label(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => Read(json).Truth!.Labels("truth"))!.Message, Is.EqualTo(message));

    [Test]
    public void A_string_is_no_number() => Assert.That(
        Assert.Throws<ProtocolException>(() => Read("""{"id":"a","truth":[1,"x"]}""").Truth!.Numbers("truth"))!.Message,
        Is.EqualTo("truth[1] is a string, expected a number"));

    [TestCase("\"truth\":[1,2,3]", "truth has more than 2 values, the limit")]
    [TestCase("\"truth\":[[1],[2],[3]]", "truth has more than 2 values, the limit")]
    [TestCase("\"correct\":[true,true,true]", "correct has more than 2 values, the limit")]
    public void A_feedback_holds_so_many_values_and_no_more(string outcome, string message)
    {
        byte[] json = Encoding.UTF8.GetBytes($$"""{"id":"a",{{outcome}}}""");

        ProtocolException error = Assert.Throws<ProtocolException>(() => FeedbackRequest.Read(json, new ProtocolLimits { MaxLabels = 2 }))!;

        Assert.That(error.Message, Is.EqualTo(message));
    }

    private static FeedbackRequest Read(string json) => FeedbackRequest.Read(Encoding.UTF8.GetBytes(json), new ProtocolLimits());
}
