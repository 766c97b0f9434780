using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Routing;

public sealed class WeightedDrawTests
{
    [Test]
    public void Every_block_of_100_holds_each_revision_exactly_as_often_as_its_weight_says() =>
        Prop.ForAll(Gen.Choose(0, 100).ToArbitrary(), canary =>
        {
            var draw = new WeightedDraw([new("stable", 100 - canary), new("canary", canary)]);
            return Enumerable.Range(0, 5).All(_ => Enumerable.Range(0, 100).Count(_ => draw.Next() == "canary") == canary);
        }).QuickCheckThrowOnFailure();

    [Test]
    public async Task Shares_stay_exact_when_many_draw_at_once()
    {
        const int Drawers = 16, Each = 100_000;
        var draw = new WeightedDraw([new("a", 5), new("b", 25), new("c", 70)]);
        using var start = new Barrier(Drawers);

        Dictionary<string, int>[] counts = await Task.WhenAll(Enumerable.Range(0, Drawers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Enumerable.Range(0, Each).Select(_ => draw.Next()!).CountBy(r => r).ToDictionary();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var total = counts.SelectMany(c => c).GroupBy(c => c.Key).ToDictionary(g => g.Key, g => g.Sum(c => c.Value));
        Assert.That(total, Is.EqualTo(
            new Dictionary<string, int> { ["a"] = Drawers * Each / 20, ["b"] = Drawers * Each / 4, ["c"] = Drawers * Each * 7 / 10 }));
    }

    [Test]
    public void Orders_differ_from_block_to_block()
    {
        var draw = new WeightedDraw([new("a", 50), new("b", 50)]);
        string[] blocks = [.. Enumerable.Range(0, 4).Select(_ => string.Concat(Enumerable.Range(0, 100).Select(_ => draw.Next())))];
        Assert.That(blocks, Is.Unique);
    }

    [Test]
    public void Without_weights_nothing_is_drawn()
    {
        var draw = new WeightedDraw([new("a", 0)]);
        Assert.That(draw.Next(), Is.Null);
        Assert.That(draw.NextOutsideBlocks([]), Is.Null);
    }

    [Test]
    public void Draws_outside_the_blocks_leave_them_exact_and_avoid_the_excluded()
    {
        var draw = new WeightedDraw([new("a", 30), new("b", 70)]);
        List<string?> drawn = [];
        for (int i = 0; i < 100; i++)
        {
            drawn.Add(draw.Next());
            Assert.That(draw.NextOutsideBlocks(["b"]), Is.EqualTo("a"));
        }

        Assert.That(drawn.Count(r => r == "a"), Is.EqualTo(30));
        Assert.That(draw.NextOutsideBlocks(["a", "b"]), Is.Null);
    }
}
