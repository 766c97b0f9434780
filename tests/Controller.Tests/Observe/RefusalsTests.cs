using ModelOperator.Controller.Observe;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Tests.Observe;

public sealed class RefusalsTests
{
    private static readonly PodFailure Quota = new("PodsRefused", "exceeded quota");

    private readonly Refusals _refusals = new();

    [Test]
    public void A_model_that_was_deleted_and_made_again_starts_without_the_refusals_of_the_one_before()
    {
        _refusals.Remember(Models.Named("digits", "first"), "a", Quota);

        Assert.That(_refusals.Of(Models.Named("digits", "second"), "a"), Is.Null);
        Assert.That(_refusals.Of(Models.Named("digits", "first"), "a"), Is.EqualTo(Quota));
    }

    [Test]
    public void A_refusal_in_other_words_is_no_news_but_shows()
    {
        var model = Models.Named("digits", "news");
        PodFailure later = Quota with { Message = "exceeded quota at 10:42:17" };

        Assert.That(_refusals.Remember(model, "a", Quota), Is.True);
        Assert.That(
            _refusals.Remember(model, "a", later),
            Is.False,
            "else a server that puts the time into its message is asked again at once, for ever");
        Assert.That(_refusals.Of(model, "a"), Is.EqualTo(later));
        Assert.That(_refusals.Remember(model, "b", Quota), Is.True, "another revision is news");
    }
}
