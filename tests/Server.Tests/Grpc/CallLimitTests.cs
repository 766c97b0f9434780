using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.GrpcMessages;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Tests.Grpc;

/// <summary>What ends a call, or keeps it from beginning.</summary>
public sealed class CallLimitTests
{
    private static readonly byte[] Half = Frames.Plain(CallServer.Digits())[..^10];

    [Test]
    public async Task A_call_ends_at_its_deadline()
    {
        await using CallServer server = await CallServer.StartAsync();

        using HttpResponseMessage response = await server.BeginAsync(CallServer.Infer, Half, default, ("grpc-timeout", "50m"));

        Assert.That(response.Headers.GetValues("grpc-status").Single(), Is.EqualTo("4"));
        Assert.That(() => Admitted(server), Is.Zero.After(10_000, 20));
    }

    [Test]
    public async Task A_message_that_takes_longer_than_the_server_allows_is_given_up()
    {
        await using CallServer server = await CallServer.StartAsync(o => o with { RequestTimeout = TimeSpan.FromSeconds(0.5) });

        using HttpResponseMessage response = await server.BeginAsync(CallServer.Infer, Half);

        Assert.That(response.Headers.GetValues("grpc-status").Single(), Is.EqualTo("4"));
        Assert.That(
            Uri.UnescapeDataString(response.Headers.GetValues("grpc-message").Single()),
            Is.EqualTo("the request took longer than 0.5 s, the limit"));
    }

    [Test]
    public async Task A_client_that_goes_away_leaves_nothing_behind()
    {
        await using CallServer server = await CallServer.StartAsync();
        using CancellationTokenSource gone = new();
        Task<HttpResponseMessage> call = server.BeginAsync(CallServer.Infer, Half, gone.Token);
        Assert.That(() => Admitted(server), Is.EqualTo(1).After(10_000, 20));

        await gone.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => call);
        Assert.That(() => Admitted(server), Is.Zero.After(10_000, 20));
    }

    [Test]
    public async Task A_call_over_the_limit_of_requests_is_unavailable()
    {
        await using CallServer server = await CallServer.StartAsync(o => o with { MaxRequests = 1 });
        using CancellationTokenSource gone = new();
        Task<HttpResponseMessage> first = server.BeginAsync(CallServer.Infer, Half, gone.Token);
        Assert.That(() => Admitted(server), Is.EqualTo(1).After(10_000, 20));

        RawClient.Answer second = await server.Client.CallAsync(CallServer.Infer, Frames.Plain(CallServer.Digits()));
        RawClient.Answer health = await server.Client.CallAsync("grpc.health.v1.Health/Check", Frames.Plain([]));

        Assert.That((second.Status, second.Message), Is.EqualTo((StatusCode.Unavailable, "the server is busy with 1 requests, its limit")));
        Assert.That(health.Status, Is.EqualTo(StatusCode.OK), "health is no request to a model");
        await gone.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => first);
    }

    [Test]
    public async Task A_request_of_a_stream_that_is_not_let_in_is_answered_so_and_the_stream_goes_on()
    {
        await using CallServer server = await CallServer.StartAsync(o => o with { MaxRequests = 1 });
        byte[] large = Frames.Plain(CallServer.Digits(5000));

        RawClient.Answer answer = await server.Client.CallAsync(CallServer.Stream, [.. Enumerable.Repeat(large, 20).SelectMany(m => m)]);

        ModelStreamInferResponse[] answers = [.. answer.Messages.Select(m => ModelStreamInferResponse.Parser.ParseFrom(m.Payload))];
        Assert.That((answer.Status, answers.Length), Is.EqualTo((StatusCode.OK, 20)));
        Assert.That(
            answers.Select(a => a.ErrorMessage).Distinct(),
            Is.SubsetOf(new[] { "", "the server is busy with 1 requests, its limit" }).And.Contains(""));
        Assert.That(() => Admitted(server), Is.Zero.After(10_000, 20));
    }

    [Test]
    public async Task Memory_is_reserved_for_a_message_while_it_arrives()
    {
        await using CallServer server = await CallServer.StartAsync();
        Admission admission = server.Server.Services.GetRequiredService<Admission>();
        using Admission.Entry all = admission.Enter();
        all.Reserve(Math.Max(64L * 1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8) - 100);

        RawClient.Answer answer = await server.Client.CallAsync(CallServer.Infer, Frames.Plain(CallServer.Digits()));

        Assert.That(
            (answer.Status, answer.Message),
            Is.EqualTo((StatusCode.Unavailable, "the server holds as many bytes of requests as its memory allows")));
    }

    [TestCase(CallServer.Stream)]
    [TestCase("grpc.reflection.v1.ServerReflection/ServerReflectionInfo")]
    public async Task A_server_that_stops_ends_idle_streams_and_says_so(string path)
    {
        CallServer server = await CallServer.StartAsync();
        using HttpResponseMessage response = await server.BeginAsync(
            path, Frames.Plain(path == CallServer.Stream ? CallServer.Digits() : [0x3a, 0]));
        await using Stream answers = await response.Content.ReadAsStreamAsync();
        await answers.ReadExactlyAsync(new byte[5]);

        Task rest = answers.CopyToAsync(Stream.Null);
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        await rest;
        Assert.That(response.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("14"));
    }

    private static int Admitted(CallServer server) => server.Server.Services.GetRequiredService<Admission>().Requests;
}
