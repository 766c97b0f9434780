using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Routing;

public sealed class SnapshotBuilderTests
{
    private static readonly ModelTable Table = new("digits", 3, [new("a", 50), new("b", 25), new("c", 25)]);

    [Test]
    public void Who_has_no_ready_pod_gives_its_share_to_the_others_in_proportion()
    {
        ModelRoute route = Build(RoutingSnapshot.Empty, Pod("a1", "a"), Pod("b1", "b"), Pod("c1", "c") with { Ready = false });

        var drawn = Enumerable.Range(0, 75).Select(_ => route.Draw.Next()!).CountBy(r => r).ToDictionary();

        Assert.That(drawn, Is.EqualTo(new Dictionary<string, int> { ["a"] = 50, ["b"] = 25 }));
        Assert.That(route.Revisions["c"].Ready, Is.Empty);
        Assert.That(route.FindPod("c", "c1"), Is.Not.Null, "it can still be asked about its predictions");
    }

    [Test]
    public void A_revision_outside_the_table_or_without_weight_gets_nothing_by_draw()
    {
        var table = Table with { Targets = [new("a", 100), new("b", 0)] };
        RoutingSnapshot snapshot = SnapshotBuilder.Build(RoutingSnapshot.Empty, [table], [Pod("a1", "a"), Pod("b1", "b"), Pod("x1", "x")]);

        Assert.That(Enumerable.Range(0, 200).Select(_ => snapshot.Models["digits"].Draw.Next()), Has.All.EqualTo("a"));
        Assert.That(snapshot.Models["digits"].Revisions.Keys, Is.EquivalentTo(new[] { "a", "b", "x" }), "all can be pinned");
    }

    [Test]
    public void A_pod_that_is_ending_gets_requests_while_its_revision_has_no_ready_pod()
    {
        PodState leaving = Pod("a1", "a") with { Ready = false, Leaving = true }, coming = Pod("a2", "a") with { Ready = false };
        RoutingSnapshot alone = SnapshotBuilder.Build(RoutingSnapshot.Empty, [Table], [leaving, coming, Pod("b1", "b")]);
        RoutingSnapshot relieved = SnapshotBuilder.Build(alone, [Table], [leaving, coming with { Ready = true }, Pod("b1", "b")]);

        Assert.That(alone.Models["digits"].Revisions["a"].Ready.Select(pod => pod.Name), Is.EqualTo(new[] { "a1" }));
        Assert.That(
            (alone.Models["digits"].Revisions["a"].IsEnding, relieved.Models["digits"].Revisions["a"].IsEnding),
            Is.EqualTo((true, false)));
        Assert.That(
            alone.Models["digits"].Draw.Weights,
            Does.Contain(new RevisionWeight("a", 50)),
            "the shares stay: nobody has judged the others");
        Assert.That(relieved.Models["digits"].Revisions["a"].Ready.Select(pod => pod.Name), Is.EqualTo(new[] { "a2" }));
    }

    [Test]
    public void A_model_that_cannot_be_built_stays_as_it_was_and_the_others_go_on()
    {
        var state = new RoutingState();
        ModelTable other = Table with { Model = "other" };
        state.Update([Table, other], [Pod("a1", "a")]);
        var failed = new List<string>();

        // Two pods with one uid: no server makes them.
        state.Update(
            [Table with { Version = 4 }, other with { Version = 4 }], [Pod("a1", "a"), Pod("a1", "b")], (model, _) => failed.Add(model));
        state.Update(
            [Table with { Version = 5 }, other with { Version = 5 }], [Pod("a1", "a"), Pod("a1", "b")], (model, _) => failed.Add(model));

        Assert.That(failed, Is.EqualTo(new[] { "digits" }));
        Assert.That(state.Current.Models["digits"].TableVersion, Is.EqualTo(4));
        Assert.That(state.Current.Models["other"].TableVersion, Is.EqualTo(5));
    }

    [Test]
    public void A_revision_at_zero_percent_takes_over_when_nobody_with_weight_can_serve()
    {
        var table = Table with { Targets = [new("stable", 0), new("canary", 100)] };

        Assert.That(Snapshot(RoutingSnapshot.Empty, table, Pod("s1", "stable")).Models["digits"].Draw.Next(), Is.EqualTo("stable"));
        Assert.That(Snapshot(RoutingSnapshot.Empty, table, Pod("x1", "outside")).Models["digits"].Draw.Next(), Is.Null);
    }

    [Test]
    public void A_draw_is_whole_only_while_every_revision_with_a_weight_can_be_drawn()
    {
        var table = Table with { Targets = [new("stable", 75), new("canary", 25), new("earlier", 0)] };
        PodState stable = Pod("s1", "stable"), canary = Pod("c1", "canary");
        bool IsWhole(ModelTable table, params PodState[] pods) =>
            Snapshot(RoutingSnapshot.Empty, table, pods).Models["digits"].Draw.IsWhole;

        Assert.Multiple(() =>
        {
            Assert.That(IsWhole(table, stable, canary), "all that have a weight");
            Assert.That(IsWhole(table, stable, canary with { Ready = false }), Is.False, "the canary has no ready pod");
            Assert.That(IsWhole(table, canary), Is.False, "nor stable");
            Assert.That(IsWhole(Table with { Targets = [new("stable", 0), new("canary", 100)] }, stable), Is.False, "stable takes over");
            Assert.That(
                IsWhole(Table with { Targets = [new("stable", 0), new("canary", 100)] }, stable, canary),
                "the canary alone has a weight");
        });
    }

    [Test]
    public void The_block_goes_on_while_the_table_and_who_can_serve_stay_the_same_and_starts_anew_otherwise()
    {
        ModelRoute first = Build(RoutingSnapshot.Empty, Pod("a1", "a"), Pod("b1", "b"));
        RoutingSnapshot snapshot = Snapshot(RoutingSnapshot.Empty, Table, Pod("a1", "a"), Pod("b1", "b"));
        WeightedDraw draw = snapshot.Models["digits"].Draw;

        Assert.Multiple(() =>
        {
            Assert.That(Build(snapshot, Pod("a1", "a"), Pod("a2", "a"), Pod("b1", "b")).Draw, Is.SameAs(draw), "one more pod");
            Assert.That(Build(snapshot, Pod("a1", "a")).Draw, Is.Not.SameAs(draw), "b cannot serve");
            Assert.That(
                Snapshot(snapshot, Table with { Version = 4 }, Pod("a1", "a"), Pod("b1", "b")).Models["digits"].Draw,
                Is.Not.SameAs(draw),
                "another table");
            Assert.That(first.TableVersion, Is.EqualTo(3));
        });
    }

    [Test]
    public void A_pod_keeps_its_endpoint_until_its_identity_or_address_changes()
    {
        RoutingSnapshot snapshot = Snapshot(RoutingSnapshot.Empty, Table, Pod("a1", "a"));
        PodEndpoint endpoint = snapshot.Models["digits"].Revisions["a"].Pods[0];

        Assert.Multiple(() =>
        {
            Assert.That(Build(snapshot, Pod("a1", "a") with { Ready = false }).FindPod("a", "a1"), Is.SameAs(endpoint));
            Assert.That(Build(snapshot, Pod("a1", "a") with { Address = "10.0.0.9:8080" }).FindPod("a", "a1"), Is.Not.SameAs(endpoint));
            Assert.That(Build(snapshot, Pod("a1", "a") with { Uid = "other" }).FindPod("a", "a1"), Is.Not.SameAs(endpoint));
        });
    }

    [Test]
    public void Pods_of_other_models_are_not_mixed_in()
    {
        RoutingSnapshot snapshot = SnapshotBuilder.Build(
            RoutingSnapshot.Empty, [Table, Table with { Model = "other" }], [Pod("a1", "a"), Pod("a2", "a") with { Model = "other" }]);

        Assert.That(snapshot.Models["digits"].Revisions["a"].Pods.Select(p => p.Name), Is.EqualTo(new[] { "a1" }));
        Assert.That(snapshot.Models["other"].Revisions["a"].Pods.Select(p => p.Name), Is.EqualTo(new[] { "a2" }));
    }

    [Test]
    public void Whatever_the_weights_and_whoever_is_ready_shares_are_exact_and_only_the_ready_serve() =>
        Prop.ForAll(
            Gen.Choose(0, 100).ListOf(4).ToArbitrary(), Gen.Elements(true, false).ListOf(4).ToArbitrary(), (weights, ready) =>
            {
                RevisionWeight[] targets = [.. weights.Select((w, i) => new RevisionWeight($"r{i}", w))];
                IEnumerable<PodState> pods = ready.Select((r, i) => Pod($"p{i}", $"r{i}") with { Ready = r });
                ModelRoute route = SnapshotBuilder.Build(RoutingSnapshot.Empty, [Table with { Targets = targets }], pods).Models["digits"];
                Dictionary<string, int> expected =
                    targets.Where((t, i) => t.Weight > 0 && ready[i]).ToDictionary(t => t.Revision, t => t.Weight);
                Dictionary<string, int> drawn = Enumerable.Range(0, expected.Values.Sum())
                    .Select(_ => route.Draw.Next()!)
                    .CountBy(r => r)
                    .ToDictionary();
                return drawn.Count == expected.Count && drawn.All(d => expected[d.Key] == d.Value);
            }).QuickCheckThrowOnFailure();

    private static ModelRoute Build(RoutingSnapshot previous, params PodState[] pods) => Snapshot(previous, Table, pods).Models["digits"];

    private static RoutingSnapshot Snapshot(RoutingSnapshot previous, ModelTable table, params PodState[] pods) =>
        SnapshotBuilder.Build(previous, [table], pods);

    private static PodState Pod(string name, string revision) =>
        new(name, $"uid-{name}", "digits", revision, "10.0.0.1:8080", Ready: true, Warm: false);
}
