using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using ModelOperator.GrpcMessages;

namespace ModelOperator.Server.Tests.Grpc;

public sealed class CallTests
{
    private CallServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await CallServer.StartAsync(o => o with { MaxBodyBytes = 2_000_000 });

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task A_call_is_answered_with_a_message_and_a_status()
    {
        RawClient.Answer answer = await InferAsync(Frames.Plain(CallServer.Digits(2, id: "seven")));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.OK));
        ModelInferResponse response = ModelInferResponse.Parser.ParseFrom(answer.Messages.Single().Payload);
        Assert.That((response.Id, response.RawOutputContents[0].Length), Is.EqualTo(("seven", 2 * sizeof(long))));
        Assert.That(answer.Response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/grpc"));
        Assert.That(answer.Response.Headers.GetValues("x-request-id").Single(), Is.EqualTo("seven"));
    }

    [Test]
    public async Task Failures_come_in_headers_alone()
    {
        RawClient.Answer answer = await InferAsync(Frames.Plain(CallServer.Digits(model: "größer als 100 %")));

        Assert.That(answer.Http, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Response.Headers.Contains("grpc-status"), Is.True);
        Assert.That(
            (answer.Status, answer.Message),
            Is.EqualTo((StatusCode.NotFound, "Request for unknown model: 'größer als 100 %' is not found, this server has 'digits'")));
        Assert.That(answer.Messages, Is.Empty);
    }

    [Test]
    public async Task A_long_message_is_cut_to_what_clients_take_as_a_header()
    {
        RawClient.Answer answer = await InferAsync(Frames.Plain(CallServer.Digits(model: new string('ä', 120))));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.NotFound));
        Assert.That(answer.Message, Does.StartWith("Request for unknown model: 'ää"));
        Assert.That(answer.Message!.Length, Is.LessThanOrEqualTo(800));
    }

    [TestCase(1, "Request did not include grpc-encoding value with compressed message.")]
    [TestCase(3, "the first byte of a message is 3, expected 0 (plain) or 1 (compressed)")]
    public async Task A_frame_that_is_none_is_refused(byte flag, string message)
    {
        RawClient.Answer answer = await InferAsync(Frames.Frame(flag, CallServer.Digits()));

        Assert.That((answer.Status, answer.Message), Is.EqualTo((StatusCode.Internal, message)));
    }

    [Test]
    public async Task A_message_that_is_cut_off_or_followed_by_another_one_is_refused()
    {
        byte[] frame = Frames.Plain(CallServer.Digits());

        Assert.That((await InferAsync(frame[..^1])).Status, Is.EqualTo(StatusCode.Internal));
        Assert.That((await InferAsync([])).Status, Is.EqualTo(StatusCode.Internal));
        Assert.That((await InferAsync([.. frame, .. frame])).Status, Is.EqualTo(StatusCode.Internal));
    }

    [Test]
    public async Task A_message_that_no_protobuf_can_be_read_from_is_refused()
    {
        RawClient.Answer infer = await InferAsync(Frames.Plain([0xff]));
        RawClient.Answer other = await _server.Client.CallAsync("inference.GRPCInferenceService/ModelMetadata", Frames.Plain([0xff]));

        Assert.That(infer.Status, Is.EqualTo(StatusCode.InvalidArgument));
        Assert.That(other.Status, Is.EqualTo(StatusCode.Internal));
        Assert.That(other.Message, Does.StartWith("a message is not what the method takes: "));
    }

    [Test]
    public async Task A_message_over_the_limit_is_refused_before_it_arrives()
    {
        using HttpResponseMessage response = await _server.BeginAsync(CallServer.Infer, Frames.Frame(0, [], 2_000_001));

        Assert.That(response.Headers.GetValues("grpc-status").Single(), Is.EqualTo("8"));
        Assert.That(
            Uri.UnescapeDataString(response.Headers.GetValues("grpc-message").Single()),
            Is.EqualTo("a message is 2000001 bytes long, the limit is 2000000"));
    }

    [Test]
    public async Task A_message_of_many_pieces_passes()
    {
        RawClient.Answer answer = await InferAsync(Frames.Plain(CallServer.Digits(7000)));

        Assert.That(answer.Status, Is.EqualTo(StatusCode.OK), answer.Message);
        Assert.That(
            ModelInferResponse.Parser.ParseFrom(answer.Messages.Single().Payload).RawOutputContents[0].Length,
            Is.EqualTo(7000 * sizeof(long)));
    }

    [Test]
    public async Task What_is_not_gRPC_gets_the_answer_of_HTTP()
    {
        ByteArrayContent json = new("{}"u8.ToArray());
        json.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        HttpRequestMessage get = RawClient.Request(CallServer.Infer, new ByteArrayContent([]));
        get.Method = HttpMethod.Get;
        using HttpRequestMessage old = new(HttpMethod.Post, CallServer.Infer) { Content = new ByteArrayContent([]) };
        old.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        Assert.That(
            (await SendAsync(RawClient.Request(CallServer.Infer, json))).StatusCode,
            Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That((await SendAsync(get)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await _server.Server.Client.SendAsync(old)).StatusCode, Is.EqualTo(HttpStatusCode.UpgradeRequired));
    }

    [TestCase("inference.GRPCInferenceService/Nothing")]
    [TestCase("inference.Other/ModelInfer")]
    public async Task A_method_or_service_that_is_not_there_is_unimplemented(string path) =>
        Assert.That((await _server.Client.CallAsync(path, Frames.Plain([]))).Status, Is.EqualTo(StatusCode.Unimplemented));

    private Task<RawClient.Answer> InferAsync(byte[] body) => _server.Client.CallAsync(CallServer.Infer, body);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => await _server.Client.StartAsync(request);
}
