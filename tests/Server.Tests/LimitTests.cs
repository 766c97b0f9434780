using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Tests;

public sealed class LimitTests
{
    [Test]
    public async Task A_request_over_the_limit_is_told_to_come_again()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with { MaxRequests = 1 });
        HttpStatusCode status;
        JsonElement body;
        HttpResponseMessage response;
        using (server.Services.GetRequiredService<Admission>().Enter())
        {
            (status, body, response) = await server.InferAsync(Digits.Request(0));
        }

        Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo("the server is busy with 1 requests, its limit"));
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That((await server.InferAsync(Digits.Request(0))).Status, Is.EqualTo(HttpStatusCode.OK), "there is room again");
    }

    [Test]
    public async Task A_request_that_waits_too_long_for_its_turn_is_ended()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        HttpStatusCode status;
        JsonElement body;
        using (HeldInstances.Of(server))
        {
            (status, body, _) = await server.InferAsync(Digits.Request(0));
        }

        Assert.That(status, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo("the request took longer than 0.3 s, the limit"));
    }

    [Test]
    public async Task A_request_that_computes_too_long_is_ended()
    {
        await using TestServer server = await TestServer.StartAsync(
            Path.Combine(TestServer.Models, "digits-v4.onnx"), o => o with { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        int count = Digits.All.Length;
        string images = string.Join(',', Enumerable.Repeat(string.Join(',', Digits.All.Select(s => s.Image)), 4));

        (HttpStatusCode status, _, _) = await server.InferAsync(
            $$"""{"inputs":[{"name":"image","shape":[{{count * 4}},64],"datatype":"FP32","data":[{{images}}]}]}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        Assert.That((await server.Client.GetAsync("v2/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_client_that_goes_away_frees_its_place()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        Admission admission = server.Services.GetRequiredService<Admission>();
        using (HeldInstances.Of(server))
        {
            using CancellationTokenSource gone = new(TimeSpan.FromMilliseconds(200));
            using StringContent body = new(Digits.Request(0), Encoding.UTF8, "application/json");
            await Assert.ThrowsAsync<TaskCanceledException>(() => server.Client.PostAsync("v2/models/digits/infer", body, gone.Token));
            Assert.That(() => admission.Requests, Is.Zero.After(5000, 20));
        }
    }

    [Test]
    public async Task An_id_that_is_too_long_is_refused()
    {
        await using TestServer server = await TestServer.DigitsAsync();

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(Digits.Request(0), ("x-request-id", new string('a', 257)));

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo("the request id is longer than 256 characters"));
    }
}
