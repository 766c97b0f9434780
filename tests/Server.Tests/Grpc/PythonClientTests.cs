using System.Diagnostics;
using System.Text.Json;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Tests.Grpc;

[Category("Clients")]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class PythonClientTests
{
    private PythonClient _client = null!;
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _client = new PythonClient();
        _server = await TestServer.DigitsAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _client?.Dispose();
    }

    [Test]
    public async Task A_request_is_answered_with_raw_outputs_and_its_id()
    {
        JsonElement told = await RunAsync("unary");

        Assert.That(told.GetProperty("response").GetRawText(), Is.EqualTo(
            """{"model": "digits", "version": "1", "id": "seven", "outputs": [["label", "INT64", [3]], """
            + """["probabilities", "FP32", [3, 10]]], "labels": [7, 7, 7], "final": null}"""));
        Assert.That(told.GetProperty("unnamed").GetString(), Is.Not.Empty);
    }

    [Test]
    public async Task Typed_contents_go_in_and_where_asked_for_come_out()
    {
        JsonElement told = await RunAsync("typed");

        Assert.That(told.GetProperty("same").GetBoolean(), Is.True);
        Assert.That(told.GetProperty("raw").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task An_output_may_come_as_its_best_classes()
    {
        JsonElement told = await RunAsync("classification");

        Assert.That(told.GetRawText(), Is.EqualTo("""{"output": ["BYTES", [2, 3]], "indexes": ["7", "4", "1", "7", "4", "1"]}"""));
    }

    [TestCase("model", "NOT_FOUND", "Request for unknown model: 'größer' is not found, this server has 'digits'")]
    [TestCase("version", "NOT_FOUND", "Request for unknown model: 'digits' version '9' is not found, this server has '1'")]
    [TestCase("short", "INVALID_ARGUMENT", "input 'image': the length of raw_input_contents is 252, shape [1, 64] of FP32 needs 256")]
    [TestCase("both", "INVALID_ARGUMENT", "input 'image' has contents beside raw_input_contents, expected one of them")]
    [TestCase("type", "INVALID_ARGUMENT", "input 'image': the length of raw_input_contents is 256, shape [1, 64] of FP64 needs 512")]
    [TestCase("none", "INVALID_ARGUMENT", "input 'image' is missing: the model takes it as FP32 of shape [batch, 64]")]
    [TestCase("deadline", "DEADLINE_EXCEEDED", null)]
    [TestCase("method", "UNIMPLEMENTED", "Method is unimplemented.")]
    public async Task A_mistake_has_its_status_and_says_what_would_be_right(string mistake, string status, string? message)
    {
        JsonElement told = (await RunAsync("errors")).GetProperty(mistake);

        Assert.That(told[0].GetString(), Is.EqualTo(status));
        Assert.That(message ?? told[1].GetString(), Is.EqualTo(told[1].GetString()));
    }

    [TestCase("gzip")]
    [TestCase("deflate")]
    public async Task Compressed_requests_are_served(string algorithm)
    {
        JsonElement told = await RunAsync("compression");

        Assert.That(
            told.GetProperty(algorithm).GetRawText(),
            Is.EqualTo("""[["label", "INT64", [500]], ["probabilities", "FP32", [500, 10]]]"""));
    }

    [Test]
    public async Task Sixteen_mebibytes_pass()
    {
        JsonElement told = await RunAsync("large");

        Assert.That(
            told.GetProperty("outputs").GetRawText(),
            Is.EqualTo("""[["label", "INT64", [65536]], ["probabilities", "FP32", [65536, 10]]]"""));
        Assert.That(told.GetProperty("same").GetBoolean(), Is.True);
    }

    [Test]
    public async Task A_stream_is_answered_in_order_and_goes_on_after_errors()
    {
        JsonElement told = await RunAsync("stream");

        Assert.That(told.GetProperty("order").GetBoolean(), Is.True);
        Assert.That(told.GetProperty("errors").GetRawText(), Is.EqualTo(
            """[[0, "Request for unknown model: 'other' is not found, this server has 'digits'"], """
            + """[7, "Request for unknown model: 'other' is not found, this server has 'digits'"]]"""));
        Assert.That(told.GetProperty("count").GetInt32(), Is.EqualTo(43));
        Assert.That(told.GetProperty("final").GetBoolean(), Is.True);
        Assert.That(told.GetProperty("first").GetProperty("labels").GetRawText(), Is.EqualTo("[7, 7]"));
        Assert.That(told.GetProperty("one").GetRawText(), Is.EqualTo("""["1", "2", "3"]"""), "no response waits for the next request");
        Assert.That(
            told.GetProperty("end").GetRawText(),
            Is.EqualTo("""["NOT_FOUND", "Request for unknown model: 'other' is not found, this server has 'digits'"]"""));
    }

    [Test]
    public async Task The_server_and_its_model_tell_what_they_are()
    {
        await using TestServer server = await TestServer.DigitsAsync();

        JsonElement told = await _client.RunAsync(server.GrpcAddress, "information");

        Assert.That(told.GetRawText(), Is.EqualTo(
            """{"live": true, "ready": true, "model": true, "unknown": false,"""
            + """ "server": "model-operator-inference-runtime", "inputs": [["image", "FP32", [-1, 64]]], "versions": ["1"], "config": """
            + """["digits", "onnxruntime_onnx", "onnxruntime", [["image", 11], ["label", 9], ["probabilities", 11]], 2], "statistics": """
            + """["digits", "1", 2, 1, 1]}"""));
    }

    [Test]
    public async Task Models_are_listed_unloaded_and_loaded()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with { ModelControl = ModelControlMode.Explicit });

        JsonElement told = await _client.RunAsync(server.GrpcAddress, "repository");

        Assert.That(told.GetRawText(), Is.EqualTo(
            """[[["digits", "1", "READY"]], null, [["digits", "1", "UNAVAILABLE"]], [], "NOT_FOUND", "NOT_FOUND", "INVALID_ARGUMENT", """
            + """[["digits", "1", "READY"]], null]"""));
    }

    [Test]
    public async Task Tools_find_health_and_services()
    {
        JsonElement told = await RunAsync("tools");

        Assert.That(told.GetRawText(), Is.EqualTo(
            """{"health": "SERVING", "services": ["inference.GRPCInferenceService", "grpc.health.v1.Health","""
            + """ "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"], "files": 2}"""));
    }

    [Test]
    public async Task No_call_is_lost_when_the_server_is_told_to_stop()
    {
        await using ServerProcess server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v1.onnx"), "--port", "0",
            "--drain-seconds", "1");
        using HttpClient http = new() { BaseAddress = await server.AddressAsync() };
        Assert.That(async () => (await http.GetAsync("v2/health/ready")).IsSuccessStatusCode, Is.True.After(30_000, 20));
        using Process client = _client.Begin(await server.GrpcAddressAsync(), "drain");
        Assert.That(await client.StandardOutput.ReadLineAsync(), Is.EqualTo("started"));
        await Task.Delay(500);

        server.Terminate();

        JsonElement told = await PythonClient.EndAsync(client);
        Assert.That(await server.ExitAsync(), Is.Zero);
        Assert.That(told.GetProperty("ok").GetInt32(), Is.GreaterThan(100));
        // Where there is no other server, a call after the last one finds nobody: it never reached this one.
        Assert.That(told.GetProperty("failed").EnumerateArray().Select(f => f[0].GetString()), Has.All.EqualTo("UNAVAILABLE"));
        Assert.That(told.GetProperty("failed").EnumerateArray().Select(f => f[1].GetString()), Has.All.Contain("failed to connect"));
    }

    private Task<JsonElement> RunAsync(string scenario) => _client.RunAsync(_server.GrpcAddress, scenario);
}
