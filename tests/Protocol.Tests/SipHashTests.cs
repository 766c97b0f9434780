namespace ModelOperator.Protocol.Tests;

public sealed class SipHashTests
{
    private static readonly SipHash Reference = new(0x0706050403020100, 0x0f0e0d0c0b0a0908);

    /// <summary>From the paper and its reference implementation: the bytes 0, 1, 2 ... under the key 00 01 .. 0f.</summary>
    [TestCase(0, 0x726fdb47dd0e0e31UL)]
    [TestCase(1, 0x74f839c593dc67fdUL)]
    [TestCase(8, 0x93f5f5799a932462UL)]
    [TestCase(15, 0xa129ca6149be45e5UL)]
    public void It_gives_what_its_authors_say(int length, ulong hash) =>
        Assert.That(Reference.Of([.. Enumerable.Range(0, length).Select(i => (byte)i)]), Is.EqualTo(hash));

    [Test]
    public void Another_key_gives_another_hash() =>
        Assert.That(new[] { SipHash.Random().Of("a"), SipHash.Random().Of("a"), Reference.Of("a") }, Is.Unique);
}
