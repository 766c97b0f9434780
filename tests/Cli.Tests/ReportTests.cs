using ModelOperator.Cli.Simulate;

namespace ModelOperator.Cli.Tests;

/// <summary>Figures of reports and plots.</summary>
public class ReportTests
{
    [TestCase(0, "0s")]
    [TestCase(59.4, "59s")]
    [TestCase(60, "1m")]
    [TestCase(61, "1m01s")]
    [TestCase(3599, "59m59s")]
    [TestCase(3600, "1h")]
    [TestCase(5460, "1h31m")]
    [TestCase(86_400, "24h")]
    [TestCase(180_000, "2d02h")]
    public void Times_are_told_with_two_units(double seconds, string expected) => Assert.That(Words.Time(seconds), Is.EqualTo(expected));

    [Test]
    public void A_spread_is_of_values_that_there_were()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Spread.Of([]), Is.Null);
            Assert.That(Spread.Of([7]), Is.EqualTo(new Spread(7, 7, 7)));
            Assert.That(Spread.Of(Enumerable.Range(1, 100).Select(i => (double)i)), Is.EqualTo(new Spread(50, 5, 95)));
        });
    }

    // Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", 2001.
    [TestCase(0, 10, 0, 0.277533)]
    [TestCase(10, 10, 0.722467, 1)]
    [TestCase(5, 10, 0.236593, 0.763407)]
    public void A_probability_is_known_as_well_as_so_many_runs_know_it(int count, int runs, double low, double high)
    {
        var probability = Probability.Of(count, runs);

        Assert.That((probability.Low, probability.High), Is.EqualTo((low, high)).Within(1e-6));
    }

    [Test]
    public void An_axis_is_even_unless_some_rollouts_end_far_later_than_others()
    {
        var even = new TimeAxis(10, 200, 3600, 100, 500);
        var wide = new TimeAxis(10, 60, 86_400, 100, 500);

        Assert.Multiple(() =>
        {
            Assert.That((even.IsLogarithmic, wide.IsLogarithmic), Is.EqualTo((false, true)));
            Assert.That((even.At(0), even.At(1800), even.At(3600)), Is.EqualTo((100, 350, 600)));
            Assert.That(even.Ticks(), Is.EqualTo(new[] { 0, 600, 1200, 1800, 2400, 3000, 3600 }));
            Assert.That((wide.At(10), wide.At(86_400)), Is.EqualTo((100, 600)).Within(1e-9));
            Assert.That(wide.Of(wide.At(777)), Is.EqualTo(777).Within(1e-6));
            Assert.That(wide.Ticks(), Is.SupersetOf(new[] { 10.0, 3600 }).And.Ordered);
            Assert.That(
                wide.Ticks().Zip(wide.Ticks().Skip(1)).Select(pair => wide.At(pair.Second) - wide.At(pair.First)),
                Is.All.GreaterThanOrEqualTo(48));
        });
    }

    [Test]
    public void Names_in_a_plot_are_text_and_never_markup()
    {
        using var stream = new MemoryStream();
        using (var canvas = new SvgCanvas(stream, 10, 10, "a < b", "c & d"))
        {
            canvas.Text(1, 1, "<&>");
        }

        Assert.That(
            System.Text.Encoding.UTF8.GetString(stream.ToArray()),
            Does.Contain("a &lt; b").And.Contain("c &amp; d").And.Contain("&lt;&amp;&gt;"));
    }

    [Test]
    public void An_axis_without_length_can_be_drawn() =>
        Assert.That(new TimeAxis(0, 0, 0, 0, 100).Ticks(), Is.Not.Empty.And.Count.LessThan(12));
}
