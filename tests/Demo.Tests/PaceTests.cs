using ModelOperator.Demo.Load;

namespace ModelOperator.Demo.Tests;

public sealed class PaceTests
{
    [Test]
    public void It_falls_while_the_machine_cannot_keep_up_and_comes_back_when_it_can()
    {
        var pace = new Pace(100);

        pace.Adjust(sent: 60, notSent: 40);
        Assert.That(pace.RequestsPerSecond, Is.EqualTo(80));

        for (int second = 0; second < 100; second++)
        {
            pace.Adjust(sent: 80, notSent: 0);
        }

        Assert.That(pace.RequestsPerSecond, Is.EqualTo(100));
    }

    [Test]
    public void Single_requests_that_could_not_be_sent_change_nothing()
    {
        var pace = new Pace(100);

        pace.Adjust(sent: 98, notSent: 2);

        Assert.That(pace.RequestsPerSecond, Is.EqualTo(100));
    }

    [TestCase(100, 5)]
    [TestCase(2, 2)]
    public void It_never_stops_and_never_exceeds_what_was_asked_for(double asked, double least)
    {
        var pace = new Pace(asked);

        for (int second = 0; second < 100; second++)
        {
            pace.Adjust(sent: 0, notSent: 10);
        }

        Assert.That(pace.RequestsPerSecond, Is.EqualTo(least));
    }
}
