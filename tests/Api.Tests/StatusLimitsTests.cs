namespace ModelOperator.Api.Tests;

public class StatusLimitsTests
{
    [Test]
    public void A_text_within_the_limit_is_left_alone()
    {
        Assert.That(StatusLimits.Shorten("abcde", 5), Is.EqualTo("abcde"));
    }

    [Test]
    public void A_longer_text_ends_in_an_ellipsis_and_meets_the_limit()
    {
        Assert.That(StatusLimits.Shorten("abcdef", 5), Is.EqualTo("abcd…"));
    }

    [Test]
    public void No_character_is_cut_in_half()
    {
        Assert.That(StatusLimits.Shorten("abc😀ef", 5), Is.EqualTo("abc…"));
    }
}
