using ModelOperator.Router.Routing;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Routing;

public sealed class WarmUpTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void Under_load_it_lasts_ten_seconds_from_the_first_request_however_many_come()
    {
        var warmUp = new WarmUp(isOver: false);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(Ask(warmUp, 5000), Has.All.True, "time without requests warms nothing");

        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.That(Ask(warmUp, 5000), Has.All.True);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(Ask(warmUp, 5000), Has.All.False);
    }

    [Test]
    public void With_few_requests_it_lasts_twenty_of_them()
    {
        var warmUp = new WarmUp(isOver: false);

        bool[] cold = [.. Enumerable.Range(0, 40).SelectMany(_ =>
        {
            bool[] one = Ask(warmUp, 1);
            _time.Advance(TimeSpan.FromSeconds(1));
            return one;
        })];

        Assert.That(cold, Is.EqualTo(Enumerable.Repeat(true, 20).Concat(Enumerable.Repeat(false, 20))));
    }

    [Test]
    public void With_hardly_any_it_is_over_after_half_a_minute_and_stays_so()
    {
        var warmUp = new WarmUp(isOver: false);

        Assert.That(Ask(warmUp, 1), Has.All.True);
        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.That(Ask(warmUp, 1), Has.All.True);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(Ask(warmUp, 100), Has.All.False);
    }

    [Test]
    public async Task Asked_by_many_at_once_it_takes_twenty_when_they_are_enough()
    {
        var warmUp = new WarmUp(isOver: false);
        Ask(warmUp, 1);
        _time.Advance(WarmUp.Shortest);

        bool[][] cold = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Ask(warmUp, 1000))));

        Assert.That(cold.SelectMany(one => one).Count(isCold => isCold), Is.EqualTo(WarmUp.Requests - 1));
    }

    [Test]
    public void A_pod_that_is_warm_has_none()
    {
        Assert.That(Ask(new WarmUp(isOver: true), 10), Has.All.False);
    }

    private bool[] Ask(WarmUp warmUp, int times) => [.. Enumerable.Range(0, times).Select(_ => warmUp.Takes(_time))];
}
