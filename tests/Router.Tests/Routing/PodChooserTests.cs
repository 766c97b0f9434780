using ModelOperator.Router.Routing;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Routing;

public sealed class PodChooserTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void Of_two_pods_the_one_with_fewer_requests_in_flight_is_chosen()
    {
        PodEndpoint busy = Pod("busy"), idle = Pod("idle");
        busy.Enter();

        for (int i = 0; i < 50; i++)
        {
            Assert.That(Choose([busy, idle]), Is.SameAs(idle));
        }

        idle.Enter();
        idle.Enter();
        for (int i = 0; i < 50; i++)
        {
            Assert.That(Choose([busy, idle]), Is.SameAs(busy));
        }
    }

    [Test]
    public void Load_spreads_evenly_over_many_pods()
    {
        PodEndpoint[] pods = [.. Enumerable.Range(0, 10).Select(i => Pod($"{i}"))];
        for (int i = 0; i < 1000; i++)
        {
            Choose(pods)!.Enter();
        }

        Assert.That(pods.Select(p => p.InFlight), Has.All.InRange(90, 110));
    }

    [Test]
    public void An_ejected_pod_is_left_alone_for_a_while_and_longer_each_time()
    {
        PodEndpoint bad = Pod("bad"), good = Pod("good");
        bad.Eject(_time);
        for (int i = 0; i < 50; i++)
        {
            Assert.That(Choose([bad, good]), Is.SameAs(good));
        }

        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.That(bad.IsEjected(_time), Is.False);
        bad.Eject(_time);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.That(bad.IsEjected(_time), Is.True);

        bad.Recovered();
        bad.Eject(_time);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.That(bad.IsEjected(_time), Is.False, "an answer makes failures start from none");
    }

    [Test]
    public void Never_are_all_pods_ejected()
    {
        PodEndpoint one = Pod("one"), two = Pod("two");
        one.Eject(_time);
        two.Eject(_time);
        Assert.That(Choose([one, two]), Is.Not.Null);
    }

    [Test]
    public void Pods_that_were_ending_and_cannot_be_reached_leave_requests_to_another_revision()
    {
        PodEndpoint one = Pod("one"), two = Pod("two");
        one.Eject(_time);
        Assert.That(PodChooser.Choose([one, two], [], _time, takesEjected: false), Is.SameAs(two));
        two.Eject(_time);
        Assert.That(PodChooser.Choose([one, two], [], _time, takesEjected: false), Is.Null);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(PodChooser.Choose([one, two], [], _time, takesEjected: false), Is.Not.Null, "they may answer after all");
    }

    [Test]
    public void A_pod_already_tried_is_not_chosen_again()
    {
        PodEndpoint one = Pod("one"), two = Pod("two");
        for (int i = 0; i < 50; i++)
        {
            Assert.That(Choose([one, two], one), Is.SameAs(two));
        }

        Assert.That(Choose([one, two], one, two), Is.Null);
        Assert.That(Choose([]), Is.Null);
    }

    private PodEndpoint? Choose(PodEndpoint[] pods, params PodEndpoint[] tried) => PodChooser.Choose(pods, tried, _time);

    private static PodEndpoint Pod(string name) => new(name, name, "a", "10.0.0.1:8080");
}
