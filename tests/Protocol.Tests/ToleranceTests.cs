namespace ModelOperator.Protocol.Tests;

public sealed class ToleranceTests
{
    [TestCase("0.5", 0.5, 0)]
    [TestCase("5%", 0, 5)]
    [TestCase("0.5,5%", 0.5, 5)]
    [TestCase("0,2.5%", 0, 2.5)]
    public void A_tolerance_is_a_distance_or_a_percentage_or_both(string text, double absolute, double percent)
    {
        Assert.That(Tolerance.Parse(text), Is.EqualTo(new Tolerance(absolute, percent)));
        Assert.That(Tolerance.Parse(new Tolerance(absolute, percent).ToString()), Is.EqualTo(new Tolerance(absolute, percent)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("%")]
    [TestCase("-1")]
    [TestCase("NaN")]
    [TestCase("1e999")]
    [TestCase("5%,1")]
    [TestCase("1,2")]
    [TestCase("1,2%,3")]
    public void Nothing_else_is(string? text) => Assert.That(Tolerance.Parse(text), Is.Null);

    [TestCase(0.5, 0, 10.5, 10, true)]
    [TestCase(0.5, 0, 9.4, 10, false)]
    [TestCase(0, 5, 104.9, 100, true)]
    [TestCase(0, 5, -105.1, -100, false)]
    [TestCase(0, 5, 0.001, 0, false)]
    [TestCase(0.01, 5, 0.001, 0, true)]
    [TestCase(1, 5, 104, 100, true)]
    [TestCase(9, 5, 108, 100, true)]
    [TestCase(1e300, 100, double.NaN, 0, false)]
    [TestCase(1e300, 100, double.PositiveInfinity, 0, false)]
    public void Within_the_wider_of_the_two_a_number_is_right(
        double absolute, double percent, double prediction, double truth, bool right) =>
        Assert.That(new Tolerance(absolute, percent).Allows(prediction, truth), Is.EqualTo(right));
}
