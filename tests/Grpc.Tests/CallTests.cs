using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ModelOperator.Grpc.Tests;

public sealed class CallTests
{
    private EchoServer _server = null!;
    private RawClient _client = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _server = await EchoServer.StartAsync();
        _client = new RawClient(_server.Address);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task A_unary_call_is_answered_with_a_message_and_a_status()
    {
        RawClient.Answer answer = await _client.CallAsync("test.Echo/Unary", Frames.Plain("hello"u8.ToArray()), ("x-question", "why"));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.Ok));
        Assert.That(answer.Messages.Single().Payload, Is.EqualTo("hello"u8.ToArray()));
        Assert.That(answer.Response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/grpc"));
        Assert.That(answer.Response.Headers.GetValues("x-answer").Single(), Is.EqualTo("why"));
    }

    [Test]
    public async Task Empty_and_large_messages_pass()
    {
        byte[] large = new byte[6_000_000];
        Random.Shared.NextBytes(large);
        large[0] = 0;

        Assert.That((await _client.CallAsync("test.Echo/Unary", Frames.Plain([]))).Messages.Single().Payload, Is.Empty);
        Assert.That((await _client.CallAsync("test.Echo/Unary", Frames.Plain(large))).Messages.Single().Payload, Is.EqualTo(large));
    }

    [Test]
    public async Task Failures_come_in_headers_alone()
    {
        RawClient.Answer answer = await _client.CallAsync("test.Echo/Unary", Frames.Plain("fail"u8.ToArray()));

        Assert.That(answer.Http, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Response.Headers.Contains("grpc-status"), Is.True);
        Assert.That(answer.Status, Is.EqualTo(StatusCode.InvalidArgument));
        Assert.That(answer.Message, Is.EqualTo("größer als 100 %"));
        Assert.That(answer.Messages, Is.Empty);
    }

    [Test]
    public async Task Bugs_are_not_told_to_clients()
    {
        RawClient.Answer answer = await _client.CallAsync("test.Echo/Unary", Frames.Plain("bug"u8.ToArray()));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.Internal));
        Assert.That(answer.Message, Is.EqualTo("the server failed; its log says why"));
    }

    [Test]
    public async Task A_stream_is_answered_message_by_message_and_ends_with_a_status()
    {
        byte[] body = [.. Frames.Plain("a"u8.ToArray()), .. Frames.Plain("b"u8.ToArray()), .. Frames.Plain("fail"u8.ToArray())];

        RawClient.Answer answer = await _client.CallAsync("test.Echo/Stream", body);

        Assert.That(answer.Messages.Select(m => Encoding.UTF8.GetString(m.Payload)), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(answer.Response.TrailingHeaders.Contains("grpc-status"), Is.True);
        Assert.That((answer.Status, answer.Message), Is.EqualTo((StatusCode.InvalidArgument, "no more")));
    }

    [Test]
    public async Task A_compressed_call_is_answered_compressed_where_that_pays()
    {
        byte[] message = new byte[100_000];
        RawClient.Answer large = await _client.CallAsync("test.Echo/Unary", Frames.Gzip(message), ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "identity,gzip"));
        RawClient.Answer small = await _client.CallAsync("test.Echo/Unary", Frames.Gzip([1]), ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "identity,gzip"));
        RawClient.Answer unwanted = await _client.CallAsync("test.Echo/Unary", Frames.Gzip(message), ("grpc-encoding", "gzip"));

        Assert.That(large.Response.Headers.GetValues("grpc-encoding").Single(), Is.EqualTo("gzip"));
        Assert.That(large.Messages.Single().Compressed, Is.True);
        Assert.That(Frames.Unzip(large.Messages.Single().Payload), Is.EqualTo(message));
        Assert.That(small.Messages.Single(), Is.EqualTo((false, new byte[] { 1 })));
        Assert.That(unwanted.Messages.Single(), Is.EqualTo((false, message)));
    }

    [Test]
    public async Task An_unknown_compression_is_answered_with_those_known()
    {
        RawClient.Answer answer = await _client.CallAsync("test.Echo/Unary", Frames.Plain([]), ("grpc-encoding", "zstd"));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.Unimplemented));
        Assert.That(answer.Response.Headers.GetValues("grpc-accept-encoding"), Is.EqualTo(new[] { "identity,gzip,deflate" }));
    }

    [TestCase("50m", "test.Echo/Wait", "the deadline of the call has passed")]
    [TestCase("0n", "test.Echo/Unary", "the deadline of the call has passed")]
    [TestCase("1H", "test.Echo/Short", "the call took longer than 0.1 s, the limit")]
    public async Task A_call_ends_at_its_deadline(string timeout, string path, string message)
    {
        RawClient.Answer answer = await _client.CallAsync(path, Frames.Plain([]), ("grpc-timeout", timeout));

        Assert.That((answer.Status, answer.Message), Is.EqualTo((StatusCode.DeadlineExceeded, message)));
    }

    [Test]
    public async Task A_deadline_that_is_none_is_refused()
    {
        RawClient.Answer answer = await _client.CallAsync("test.Echo/Unary", Frames.Plain([]), ("grpc-timeout", "soon"));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.InvalidArgument));
        Assert.That(answer.Message, Does.StartWith("grpc-timeout is 'soon', expected"));
    }

    [Test]
    public async Task A_client_that_goes_away_cancels_its_call()
    {
        using CancellationTokenSource gone = new();
        using HttpRequestMessage request = RawClient.Request("test.Echo/Wait", new ByteArrayContent(Frames.Plain([])));
        Task<HttpResponseMessage> call = _client.StartAsync(request, gone.Token);
        await _server.Waiting.Task;

        await gone.CancelAsync();

        await _server.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.CatchAsync<OperationCanceledException>(() => call);
    }

    [Test]
    public async Task A_method_or_service_that_is_not_there_is_unimplemented()
    {
        RawClient.Answer answer = await _client.CallAsync("test.Echo/Other", Frames.Plain([]));

        Assert.That((answer.Status, answer.Message), Is.EqualTo((StatusCode.Unimplemented, "there is no method '/test.Echo/Other'")));
    }

    [Test]
    public async Task No_message_and_several_messages_are_not_one()
    {
        RawClient.Answer none = await _client.CallAsync("test.Echo/Unary", []);
        RawClient.Answer two = await _client.CallAsync("test.Echo/Unary", [.. Frames.Plain([1]), .. Frames.Plain([2])]);

        Assert.That(none.Status, Is.EqualTo(StatusCode.Unimplemented));
        Assert.That(two.Status, Is.EqualTo(StatusCode.Unimplemented));
    }

    [Test]
    public async Task What_is_not_gRPC_gets_the_answer_of_HTTP()
    {
        ByteArrayContent json = new("{}"u8.ToArray());
        json.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        HttpRequestMessage get = RawClient.Request("test.Echo/Unary", new ByteArrayContent([]));
        get.Method = HttpMethod.Get;

        Assert.That((await _client.CallAsync(RawClient.Request("test.Echo/Unary", json))).Http, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That((await _client.CallAsync(get)).Http, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task Half_a_message_is_no_answer() =>
        await Assert.CatchAsync<HttpRequestException>(() => _client.CallAsync("test.Echo/Half", Frames.Plain([])));

    [Test]
    public async Task A_server_that_stops_ends_idle_streams_and_says_so()
    {
        OpenContent content = new(Frames.Plain("a"u8.ToArray()));
        using HttpResponseMessage response = await _client.StartAsync(RawClient.Request("test.Echo/Stream", content));


        await _server.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(_server.Ended, Is.EqualTo(new[] { StatusCode.Unavailable }));
    }

    /// <summary>A stream whose client sends some bytes and then neither more nor an end.</summary>
    private sealed class OpenContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
