using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ModelOperator.Server.Tests;

public sealed class ProcessTests
{
    private static readonly string Model = Path.Combine(TestServer.Models, "digits-v1.onnx");

    [Test]
    public async Task Told_to_stop_under_load_the_server_loses_no_request_and_ends_well()
    {
        await using ServerProcess server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Model, "--port", "0", "--drain-seconds", "4");
        using HttpClient client = await server.ReadyAsync();
        using CancellationTokenSource routed = new();
        int answered = 0;
        Task[] clients = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            // As a router does: sends until it knows that the pod is going.
            while (!routed.IsCancellationRequested)
            {
                using StringContent body = new(Digits.Request(0), Encoding.UTF8, "application/json");
                using HttpResponseMessage response = await client.PostAsync("v2/models/digits/infer", body);
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
                Interlocked.Increment(ref answered);
            }
        }))];

        await Task.Delay(500);
        server.Terminate();
        HttpStatusCode ready = HttpStatusCode.OK;
        Stopwatch watch = Stopwatch.StartNew();
        while (ready == HttpStatusCode.OK && watch.Elapsed < TimeSpan.FromSeconds(2))
        {
            ready = (await client.GetAsync("v2/health/ready")).StatusCode;
        }

        int before = Volatile.Read(ref answered);
        await Task.Delay(1000);
        int after = Volatile.Read(ref answered);
        await routed.CancelAsync();
        await Task.WhenAll(clients);

        Assert.That(ready, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(after, Is.GreaterThan(before), "requests that still arrive are served");
        Assert.That(await server.ExitAsync(), Is.Zero);
    }

    [Test]
    public async Task An_idle_server_told_to_stop_does_not_wait_for_all_of_its_time()
    {
        await using ServerProcess server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Model, "--port", "0", "--drain-seconds", "60");
        using HttpClient client = await server.ReadyAsync();

        Stopwatch watch = Stopwatch.StartNew();
        server.Terminate();

        Assert.That(await server.ExitAsync(), Is.Zero);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public async Task A_model_that_cannot_be_served_ends_the_process_with_its_reason()
    {
        (int status, string message) = await ServerProcess.RunAsync(
            "serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v5.onnx"), "--port", "0");

        Assert.That(status, Is.EqualTo(1));
        Assert.That(Reason(message), Is.EqualTo(FailureReasons.ModelInvalid));
    }

    [Test]
    public async Task Arguments_that_make_no_sense_end_the_process_with_their_reason()
    {
        (int status, string message) = await ServerProcess.RunAsync("serve", "--model-name", "digits", "--model", Model, "--port", "http");
        (int fetchStatus, string fetchMessage) = await ServerProcess.RunAsync(
            "fetch", "--uri", "http://h/m", "--output", "/tmp/m", "--digest", "md5:1");

        Assert.That((status, Reason(message)), Is.EqualTo((1, FailureReasons.InvalidConfiguration)));
        Assert.That(
            message, Does.Contain("--port is 'http', expected a whole number from 0 to 65535").Or.Contain("--port is \\u0027http\\u0027"));
        Assert.That((fetchStatus, Reason(fetchMessage)), Is.EqualTo((1, FailureReasons.InvalidConfiguration)));
    }

    [Test]
    public async Task Fetch_writes_a_model_that_serve_serves()
    {
        string directory = Directory.CreateTempSubdirectory("process-tests-").FullName;
        try
        {
            await using FileServer store =
                await FileServer.StartAsync(async context => await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(Model)));
            string output = Path.Combine(directory, "model.onnx");
            (int wrong, string message) = await ServerProcess.RunAsync(
                "fetch", "--uri", store.Uri().ToString(), "--allowed-networks", "loopback", "--output", output, "--digest",
                "sha256:" + new string('0', 64));
            (int right, string report) = await ServerProcess.RunAsync(
                "fetch", "--uri", store.Uri().ToString(), "--allowed-networks", "loopback", "--output", output);

            Assert.That((wrong, Reason(message)), Is.EqualTo((1, FailureReasons.DigestMismatch)));
            string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Model)));
            Assert.That((right, ModelPin.ReadReport(report)), Is.EqualTo((0, digest)), "the operator holds later pods to it");
            await using TestServer server = await TestServer.StartAsync(output);
            Assert.That((await server.InferAsync(Digits.Request(0))).Status, Is.EqualTo(HttpStatusCode.OK));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public async Task Fetch_takes_no_other_model_than_the_revision_serves_and_none_is_asked_for_before_one_is_known()
    {
        string directory = Directory.CreateTempSubdirectory("process-tests-").FullName;
        try
        {
            string content = "first";
            await using FileServer store = await FileServer.StartAsync(context => context.Response.WriteAsync(content));
            string pin = Path.Combine(directory, "digest");
            string[] arguments = ["fetch", "--uri", store.Uri().ToString(), "--allowed-networks", "loopback", "--pin", pin, "--output"];
            (int first, string report) = await ServerProcess.RunAsync([.. arguments, Path.Combine(directory, "1", "model.onnx")]);
            await File.WriteAllTextAsync(pin, ModelPin.ReadReport(report));
            (int same, string again) = await ServerProcess.RunAsync([.. arguments, Path.Combine(directory, "2", "model.onnx")]);
            content = "second";
            (int other, string refusal) = await ServerProcess.RunAsync([.. arguments, Path.Combine(directory, "3", "model.onnx")]);

            Assert.That((first, same, again), Is.EqualTo((0, 0, report)));
            Assert.That((other, Reason(refusal)), Is.EqualTo((1, FailureReasons.DigestMismatch)));
            Assert.That(File.Exists(Path.Combine(directory, "3", "model.onnx")), Is.False);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public async Task Evaluate_leaves_its_counts_where_Kubernetes_looks()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        string address = server.Client.BaseAddress!.AbsoluteUri;
        string[] arguments =
            ["evaluate", "--model", "digits", "--canary", address, "--stable", address, "--progress-port", "0", "--dataset"];

        (int right, string result) =
            await ServerProcess.RunAsync([.. arguments, Path.Combine(TestServer.Models, "digits-evaluation.ndjson")]);
        (int wrong, string failure) =
            await ServerProcess.RunAsync([.. arguments, Path.Combine(TestServer.Models, "digits-heldout.ndjson")]);

        JsonElement report = JsonDocument.Parse(result).RootElement;
        Assert.That(right, Is.Zero);
        Assert.That(report.GetProperty("rows").GetInt64(), Is.EqualTo(540));
        Assert.That(
            report.GetProperty("canary").GetProperty("bad").GetInt64(),
            Is.EqualTo(report.GetProperty("stable").GetProperty("bad").GetInt64()));
        Assert.That((wrong, Reason(failure)), Is.EqualTo((1, FailureReasons.DatasetInvalid)));
    }

    private static string? Reason(string message) => JsonDocument.Parse(message).RootElement.GetProperty("reason").GetString();
}
