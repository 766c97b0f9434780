using ModelOperator.Router.Feedback;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Routing;

public sealed class RouterPeersTests
{
    private static readonly FeedbackKey[] Keys = [.. Enumerable.Range(0, 3000).Select(i => FeedbackKey.Of("digits", $"id-{i}"))];

    [Test]
    public void All_routers_agree_on_who_keeps_a_key_and_each_keeps_its_share()
    {
        RouterPeers[] routers = [Of("a", "a", "b", "c"), Of("b", "c", "b", "a"), Of("c", "b", "a", "c")];
        string[] names = ["a", "b", "c"];

        string[] keepers = [.. Keys.Select(key => Keeper(routers[0], "a", key))];

        for (int i = 0; i < routers.Length; i++)
        {
            Assert.That(Keys.Select(key => Keeper(routers[i], names[i], key)), Is.EqualTo(keepers));
        }

        Assert.That(names.Select(name => keepers.Count(k => k == name)), Has.All.EqualTo(1000).Within(120));
    }

    [Test]
    public void A_router_that_goes_moves_only_what_it_kept()
    {
        RouterPeers before = Of("a", "a", "b", "c"), after = Of("a", "a", "b");

        Assert.That(
            Keys.Where(key => Keeper(before, "a", key) != "c").All(key => Keeper(before, "a", key) == Keeper(after, "a", key)), Is.True);
    }

    [Test]
    public void A_router_that_knows_of_none_keeps_everything_itself() =>
        Assert.That(new RouterPeers(Options("a")).KeepersOf(Keys[0]), Is.EqualTo(new RouterPeer?[] { null }));

    private static string Keeper(RouterPeers routers, string self, FeedbackKey key) => routers.KeepersOf(key)[0]?.Name ?? self;

    private static RouterPeers Of(string self, params string[] names)
    {
        var peers = new RouterPeers(Options(self));
        peers.Update(names.Select(name => new RouterPeer(name, $"{name}:8081")));
        return peers;
    }

    private static RouterOptions Options(string name) => new() { Namespace = "default", PodName = name };
}
