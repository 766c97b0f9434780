using ModelOperator.Api;
using ModelOperator.Controller.Decide;

namespace ModelOperator.Controller.Tests.Decide;

[Parallelizable(ParallelScope.All)]
public sealed class LatestModelsTests
{
    [Test]
    public void While_the_cache_is_behind_what_was_written_counts()
    {
        var latest = new LatestModels();
        ModelDeployment written = At("10");
        latest.Remember(written);

        Assert.That(latest.Of(At("9")), Is.SameAs(written));
    }

    [TestCase("10")]
    [TestCase("11")]
    [TestCase("100")]
    public void Once_the_cache_has_caught_up_it_counts(string version)
    {
        var latest = new LatestModels();
        latest.Remember(At("10"));
        ModelDeployment cached = At(version);

        Assert.That(latest.Of(cached), Is.SameAs(cached));
    }

    [Test]
    public void Another_object_of_the_same_name_owes_nothing_to_the_one_before()
    {
        var latest = new LatestModels();
        latest.Remember(At("10"));
        ModelDeployment another = At("9");
        another.Metadata.Uid = "another";

        Assert.That(latest.Of(another), Is.SameAs(another));
    }

    [Test]
    public void What_is_gone_is_forgotten()
    {
        var latest = new LatestModels();
        latest.Remember(At("10"));
        latest.Forget("vision", "digits");
        ModelDeployment cached = At("9");

        Assert.That(latest.Of(cached), Is.SameAs(cached));
    }

    private static ModelDeployment At(string version) => Models.Digits(model => model.Metadata.ResourceVersion = version);
}
