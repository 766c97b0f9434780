namespace ModelOperator.Api.Tests;

public class ControlOrderTests
{
    [TestCase("promote", ControlAction.Promote, null)]
    [TestCase("promote 5f6d7c8", ControlAction.Promote, "5f6d7c8")]
    [TestCase("promote-full v-2", ControlAction.PromoteFull, "v-2")]
    [TestCase("abort", ControlAction.Abort, null)]
    [TestCase("retry a", ControlAction.Retry, "a")]
    [TestCase("undo 5f6d7c8", ControlAction.Undo, "5f6d7c8")]
    [TestCase("restart", ControlAction.Restart, null)]
    public void An_order_is_a_word_and_a_revision(string text, ControlAction action, string? revision)
    {
        var order = ControlOrder.Parse(text);
        Assert.That(order, Is.EqualTo(new ControlOrder(action, revision)));
        Assert.That(order!.ToString(), Is.EqualTo(text));
    }

    [TestCase("")]
    [TestCase("Promote")]
    [TestCase("promote ")]
    [TestCase("promote  v2")]
    [TestCase("promote v2 v3")]
    [TestCase("promote V2")]
    [TestCase("promote -v2")]
    [TestCase("promote v2\n")]
    [TestCase("restart v2")]
    [TestCase("delete")]
    public void Anything_else_is_none(string text) => Assert.That(ControlOrder.Parse(text), Is.Null);

    [Test]
    public void One_that_is_too_long_is_none() => Assert.That(ControlOrder.Parse("promote " + new string('a', 64)), Is.Null);
}
