using System.Text;

namespace ModelOperator.Evidence.Tests;

public sealed class NamespaceKeysTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Keys_read_back_as_they_were_written()
    {
        NamespaceKeys keys = NamespaceKeys.Create(Now).Rotated(Now + NamespaceKeys.Lifetime)!;

        Assert.That(NamespaceKeys.TryParse(keys.ToText(), out NamespaceKeys? read), Is.True);
        Assert.That(read!.ToText(), Is.EqualTo(keys.ToText()));
        Assert.That(read.IsSigned("a", "b", keys.Sign("a", "b", Now)), Is.True);
    }

    [Test]
    public void What_is_signed_for_one_purpose_is_worth_nothing_for_another()
    {
        NamespaceKeys keys = NamespaceKeys.Create(Now);
        string signature = keys.Sign("prediction", "digits", Now);

        Assert.That(
            (keys.IsSigned("router", "digits", signature), keys.IsSigned("prediction", "other", signature)),
            Is.EqualTo((false, false)));
        Assert.That(NamespaceKeys.Create(Now).IsSigned("prediction", "digits", signature), Is.False);
        Assert.That(signature, Does.Match("^[A-Za-z0-9_-]{22}$"));
    }

    [Test]
    public void A_key_signs_from_its_time_on_and_the_oldest_before()
    {
        NamespaceKeys first = NamespaceKeys.Create(Now);
        DateTimeOffset due = Now + NamespaceKeys.Lifetime;
        NamespaceKeys both = first.Rotated(due)!;

        Assert.That(first.Rotated(due - TimeSpan.FromSeconds(1)), Is.Null);
        Assert.That(both.Sign("a", "b", due), Is.EqualTo(first.Sign("a", "b", due)));
        Assert.That(both.Sign("a", "b", due + TimeSpan.FromMinutes(10)), Is.Not.EqualTo(first.Sign("a", "b", due)));
        Assert.That(both.Sign("a", "b", Now - TimeSpan.FromDays(1)), Is.EqualTo(first.Sign("a", "b", due)), "a clock that is behind");
        Assert.That(both.Rotated(due), Is.Null, "the next one is on its way");
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("1")]
    [TestCase("1 AAAA")]
    [TestCase("x AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("99999999999999 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [TestCase("1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= x")]
    [TestCase("1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Text_that_holds_no_keys_is_refused(string text) =>
        Assert.That(NamespaceKeys.TryParse(Encoding.UTF8.GetBytes(text), out _), Is.False);
}
