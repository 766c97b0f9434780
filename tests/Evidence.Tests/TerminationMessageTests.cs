namespace ModelOperator.Evidence.Tests;

public sealed class TerminationMessageTests
{
    [Test]
    public void What_the_runtime_leaves_the_operator_reads()
    {
        var left = new TerminationMessage(FailureReasons.DigestMismatch, "the file has digest \"bb\",\nthe spec asks for aa");

        Assert.That(TerminationMessage.Parse(left.ToJson() + "\n"), Is.EqualTo(left));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("Segmentation fault")]
    [TestCase("{")]
    [TestCase("""{"message":"no reason"}""")]
    [TestCase("""{"reason":null,"message":"no reason"}""")]
    [TestCase("""{"reason":"not a word","message":"m"}""")]
    [TestCase("""{"reason":"lower","message":"m"}""")]
    public void Anything_else_is_none(string? text) => Assert.That(TerminationMessage.Parse(text), Is.Null);

    [TestCase("""{"reason":"Broken"}""")]
    [TestCase("""{"reason":"Broken","message":" "}""")]
    public void Without_a_sentence_the_word_has_to_do(string text) =>
        Assert.That(TerminationMessage.Parse(text), Is.EqualTo(new TerminationMessage("Broken", "Broken")));
}
