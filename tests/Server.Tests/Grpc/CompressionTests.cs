using Grpc.Core;
using ModelOperator.GrpcMessages;

namespace ModelOperator.Server.Tests.Grpc;

public sealed class CompressionTests
{
    private static readonly (string, string) Gzip = ("grpc-encoding", "gzip");

    private static readonly (string, string) Accepts = ("grpc-accept-encoding", "identity, gzip,deflate");

    private CallServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await CallServer.StartAsync(o => o with { MaxBodyBytes = 2_000_000 });

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task A_compressed_call_is_answered_compressed_where_that_pays()
    {
        RawClient.Answer large = await InferAsync(Frames.Gzip(CallServer.Digits(500)), Gzip, Accepts);
        RawClient.Answer small = await InferAsync(Frames.Gzip(CallServer.Digits()), Gzip, Accepts);
        RawClient.Answer unwanted = await InferAsync(Frames.Gzip(CallServer.Digits(500)), Gzip);

        Assert.That(large.Response.Headers.GetValues("grpc-encoding").Single(), Is.EqualTo("gzip"));
        Assert.That(large.Messages.Single().Compressed, Is.True);
        Assert.That(Frames.Unzip(large.Messages.Single().Payload), Is.EqualTo(unwanted.Messages.Single().Payload));
        Assert.That(small.Messages.Single().Compressed, Is.False);
        Assert.That(unwanted.Messages.Single().Compressed, Is.False);
    }

    [Test]
    public async Task Answers_of_a_compressed_stream_are_compressed_where_that_pays()
    {
        RawClient.Answer answer = await _server.Client.CallAsync(
            CallServer.Stream, [.. Frames.Gzip(CallServer.Digits(500)), .. Frames.Plain(CallServer.Digits())], Gzip, Accepts);

        Assert.That(answer.Status, Is.EqualTo(StatusCode.OK));
        Assert.That(answer.Messages.Select(m => m.Compressed), Is.EqualTo(new[] { true, false }));
        ModelStreamInferResponse first = ModelStreamInferResponse.Parser.ParseFrom(Frames.Unzip(answer.Messages[0].Payload));
        Assert.That(first.InferResponse.RawOutputContents[0].Length, Is.EqualTo(500 * sizeof(long)));
    }

    [Test]
    public async Task Deflate_is_understood() =>
        Assert.That(
            (await InferAsync(Frames.Deflate(CallServer.Digits()), ("grpc-encoding", "deflate"))).Status,
            Is.EqualTo(StatusCode.OK));

    [Test]
    public async Task An_unknown_compression_is_answered_with_those_known()
    {
        RawClient.Answer answer = await InferAsync(Frames.Frame(1, [1]), ("grpc-encoding", "zstd"));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.Unimplemented));
        Assert.That(answer.Response.Headers.GetValues("grpc-accept-encoding").Single(), Does.Contain("gzip").And.Contain("deflate"));
    }

    [Test]
    public async Task A_message_that_grows_over_the_limit_when_decompressed_is_refused()
    {
        byte[] bomb = Frames.Gzip(new byte[50_000_000]);
        Assert.That(bomb, Has.Length.LessThan(2_000_000), "what is refused is what comes out");

        Assert.That((await InferAsync(bomb, Gzip)).Status, Is.EqualTo(StatusCode.ResourceExhausted));
    }

    // The second one is the header of zlib's format that asks for a dictionary.
    [TestCase("gzip", new byte[] { 1, 2, 3 })]
    [TestCase("deflate", new byte[] { 0x78, 0x20, 1, 2, 3, 4, 5, 6, 7 })]
    public async Task What_is_not_compressed_as_it_says_is_refused(string encoding, byte[] message)
    {
        RawClient.Answer answer = await InferAsync(Frames.Frame(1, message), ("grpc-encoding", encoding));

        Assert.That(
            (answer.Status, answer.Message),
            Is.EqualTo((StatusCode.Internal, $"a message cannot be decompressed: it is not {encoding}")));
    }

    private Task<RawClient.Answer> InferAsync(byte[] body, params (string, string)[] headers) =>
        _server.Client.CallAsync(CallServer.Infer, body, headers);
}
