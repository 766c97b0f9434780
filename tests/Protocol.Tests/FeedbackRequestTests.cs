using System.Text;

namespace ModelOperator.Protocol.Tests;

public sealed class FeedbackRequestTests
{
    [TestCase("7", "7")]
    [TestCase("7.0", "7")]
    [TestCase("-7", "-7")]
    [TestCase("\"7\"", "7")]
    [TestCase("\"cat\"", "cat")]
    [TestCase("[1,\"2\",3.0]", "1|2|3")]
    public void Labels_compare_as_text(string truth, string labels) =>
        Assert.That(string.Join('|', Read($$"""{"id":"a","truth":{{truth}}}""").Truth), Is.EqualTo(labels));

    [TestCase("""{"truth":1}""", "id is missing: name the request that the truth is about")]
    [TestCase("""{"id":"a"}""", "truth is missing: give the right label, or a list of them for a batch")]
    [TestCase("""{"id":"a","truth":[]}""", "truth is an empty list, expected a label for each row of the batch")]
    [TestCase("""{"id":"a","truth":1.5}""", "truth is 1.5, expected a label: a whole number or a string")]
    [TestCase("""{"id":"a","truth":[1,null]}""", "truth[1] is null, expected a label: a whole number or a string")]
    [TestCase("""{"id":"a","truth":true}""", "truth is true, expected a label: a whole number or a string")]
    [TestCase("""{"id":1,"truth":1}""", "id must be a string, not 1")]
    [TestCase("""{"id":"a","id":"b","truth":1}""", "id is given twice")]
    [TestCase("3", "the body must be a JSON object, not 3")]
    public void What_is_no_feedback_is_refused_with_what_would_be_right(string json, string message) =>
        Assert.That(Assert.Throws<ProtocolException>(() => Read(json))!.Message, Is.EqualTo(message));

    [Test]
    public void A_feedback_holds_so_many_labels_and_no_more()
    {
        ProtocolException error = Assert.Throws<ProtocolException>(
            () => FeedbackRequest.Read("""{"id":"a","truth":[1,2,3]}"""u8, new ProtocolLimits { MaxLabels = 2 }))!;

        Assert.That(error.Message, Is.EqualTo("truth has more than 2 labels, the limit"));
    }

    private static FeedbackRequest Read(string json) => FeedbackRequest.Read(Encoding.UTF8.GetBytes(json), new ProtocolLimits());
}
