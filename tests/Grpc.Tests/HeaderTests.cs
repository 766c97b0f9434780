using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Grpc.Tests;

public sealed class HeaderTests
{
    [TestCase("1H", 3600_000)]
    [TestCase("2M", 120_000)]
    [TestCase("3S", 3000)]
    [TestCase("99999999m", 99_999_999)]
    [TestCase("5000u", 5)]
    [TestCase("7000000n", 7)]
    [TestCase("0n", 0)]
    [TestCase("99999999H", int.MaxValue)]
    public void Timeouts_have_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.That(GrpcTimeout.TryParse(text, out TimeSpan timeout), Is.True);
        Assert.That(timeout.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase("")]
    [TestCase("S")]
    [TestCase("1")]
    [TestCase("1s")]
    [TestCase("-1S")]
    [TestCase(" 1S")]
    [TestCase("1.5S")]
    [TestCase("123456789S")]
    public void Other_texts_are_no_timeouts(string text) => Assert.That(GrpcTimeout.TryParse(text, out _), Is.False);

    [TestCase("application/grpc", true)]
    [TestCase("application/grpc+proto", true)]
    [TestCase("Application/GRPC; charset=utf-8", true)]
    [TestCase("application/grpc+json", false)]
    [TestCase("application/grpc-web", false)]
    [TestCase("application/grpcx", false)]
    [TestCase("application/json", false)]
    [TestCase(null, false)]
    public void Content_types_tell_protobuf_from_others(string? value, bool grpc) => Assert.That(ContentType.IsGrpc(value), Is.EqualTo(grpc));

    [TestCase("identity, gzip ,deflate", true)]
    [TestCase("gzip", true)]
    [TestCase("xgzip", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Accepted_encodings_are_a_list(string? list, bool accepts) =>
        Assert.That(MessageEncodings.Accepts(list, MessageEncoding.Gzip), Is.EqualTo(accepts));

    [TestCase("plain text ~", "plain text ~")]
    [TestCase("100 %", "100 %25")]
    [TestCase("a\r\nb", "a%0D%0Ab")]
    [TestCase("größer", "gr%C3%B6%C3%9Fer")]
    public void Messages_are_percent_encoded(string message, string encoded) => Assert.That(StatusMessage.Encode(message), Is.EqualTo(encoded));

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Encoded_messages_are_headers_that_decode_to_the_message() => Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
    {
        string encoded = StatusMessage.Encode(text ?? "");
        string valid = string.Concat((text ?? "").EnumerateRunes());
        return encoded.All(c => c is >= ' ' and <= '~') && Uri.UnescapeDataString(encoded) == valid;
    });

    [Test]
    public void Long_messages_are_cut_between_characters()
    {
        string encoded = StatusMessage.Encode(new string('ä', 5000));

        Assert.That(encoded, Has.Length.LessThanOrEqualTo(StatusMessage.MaxLength).And.Length.GreaterThan(StatusMessage.MaxLength - 12));
        Assert.That(Uri.UnescapeDataString(encoded), Is.EqualTo(new string('ä', encoded.Length / 6)));
    }
}
