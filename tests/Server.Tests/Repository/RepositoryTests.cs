using System.Net;
using System.Text.Json;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Tests.Repository;

public sealed class RepositoryTests
{
    private string _root = null!;

    [SetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("repository-tests-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Models_and_versions_are_served_side_by_side_the_newest_by_default()
    {
        Add("digits", "2", "digits-v1.onnx");
        Add("digits", "10", "digits-v2.onnx");
        Add("digits", "9", "digits-v3.onnx");
        Add("other", "1", "digits-v1.onnx");
        File.WriteAllText(Path.Combine(_root, "digits", "9", "readme"), "");
        Directory.CreateDirectory(Path.Combine(_root, "not a model", "1"));
        await using TestServer server = await StartAsync(latest: 2);

        JsonElement metadata = await GetAsync(server, "v2/models/digits");
        Assert.That(metadata.GetProperty("versions").GetRawText(), Is.EqualTo("""["10","9"]"""));
        Assert.That((await server.InferAsync(Digits.Request(0))).Body.GetProperty("model_version").GetString(), Is.EqualTo("10"));
        Assert.That(
            (await server.PostAsync("v2/models/digits/versions/9/infer", Digits.Request(0))).Body.GetProperty("model_version").GetString(),
            Is.EqualTo("9"));
        Assert.That((await server.PostAsync("v2/models/other/infer", Digits.Request(0))).Status, Is.EqualTo(HttpStatusCode.OK));
        (HttpStatusCode status, JsonElement body, _) = await server.PostAsync("v2/models/digits/versions/2/infer", Digits.Request(0));
        Assert.That(status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            body.GetProperty("error").GetString(),
            Is.EqualTo("Request for unknown model: 'digits' version '2' is not found, this server has '10', '9'"));
        Assert.That((await server.Client.GetAsync("v2/models/other/ready")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Clients_load_and_unload_where_they_may()
    {
        Add("digits", "1", "digits-v1.onnx");
        await using TestServer server = await StartAsync(ModelControlMode.Explicit);

        Assert.That(await IndexAsync(server), Is.EqualTo(["digits 1 READY "]));
        Assert.That(
            await ChangeAsync(server, "digits/unload", """{"parameters":{"unload_dependents":false}}"""),
            Is.EqualTo((HttpStatusCode.OK, null as string)));
        Assert.That(await IndexAsync(server), Is.EqualTo(["digits 1 UNAVAILABLE unloaded"]));
        Assert.That(await IndexAsync(server, """{"ready":true}"""), Is.Empty);
        Assert.That((await server.InferAsync(Digits.Request(0))).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(
            await ChangeAsync(server, "digits/unload", ""),
            Is.EqualTo((HttpStatusCode.NotFound, "failed to unload 'digits': it is not loaded")));

        Add("digits", "2", "digits-v2.onnx");
        Assert.That(await ChangeAsync(server, "digits/load", ""), Is.EqualTo((HttpStatusCode.OK, null as string)));
        Assert.That((await server.InferAsync(Digits.Request(0))).Body.GetProperty("model_version").GetString(), Is.EqualTo("2"));
        Assert.That(
            await ChangeAsync(server, "nothing/load", ""),
            Is.EqualTo((HttpStatusCode.NotFound, "failed to load 'nothing': the repository has no such model")));
        Assert.That((await server.Client.GetAsync("v2/health/ready")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_model_that_cannot_be_loaded_leaves_the_one_that_was_there()
    {
        Add("digits", "1", "digits-v1.onnx");
        await using TestServer server = await StartAsync(ModelControlMode.Explicit);
        Directory.CreateDirectory(Path.Combine(_root, "digits", "2"));
        await File.WriteAllTextAsync(Path.Combine(_root, "digits", "2", "model.onnx"), "no model");

        (HttpStatusCode status, string? error) = await ChangeAsync(server, "digits/load", "");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(error, Does.StartWith("failed to load 'digits': model.onnx is not a model that ONNX Runtime can load"));
        Assert.That((await server.InferAsync(Digits.Request(0))).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            await IndexAsync(server),
            Is.EqualTo([$"digits 2 UNAVAILABLE {error!["failed to load 'digits': ".Length..]}", "digits 1 READY "]));
    }

    [Test]
    public async Task Requests_in_flight_survive_their_model_being_loaded_anew_and_unloaded()
    {
        Add("digits", "1", "digits-v1.onnx");
        await using TestServer server = await StartAsync(ModelControlMode.Explicit);
        using CancellationTokenSource done = new();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            int answered = 0;
            while (!done.IsCancellationRequested)
            {
                Assert.That((await server.InferAsync(Digits.Request(0, 20))).Status, Is.EqualTo(HttpStatusCode.OK));
                answered++;
            }

            return answered;
        }))];

        for (int i = 0; i < 5; i++)
        {
            Assert.That((await ChangeAsync(server, "digits/load", "")).Status, Is.EqualTo(HttpStatusCode.OK));
        }

        await done.CancelAsync();
        Assert.That(await Task.WhenAll(clients), Is.All.GreaterThan(0));
        Assert.That((await ChangeAsync(server, "digits/unload", "")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Where_clients_may_not_they_are_told_so()
    {
        await using TestServer server = await TestServer.DigitsAsync();

        (HttpStatusCode, string?) refused = (
            HttpStatusCode.BadRequest,
            "failed to unload 'digits': clients may not load and unload models, the server runs with --model-control none");
        Assert.That(await ChangeAsync(server, "digits/unload", "{}"), Is.EqualTo(refused));
        Assert.That(await IndexAsync(server), Is.EqualTo(["digits 1 READY "]));
    }

    [TestCase("index", """{"ready":1}""", "ready must be true or false")]
    [TestCase("index", "[]", "the body must be a JSON object")]
    [TestCase("models/digits/unload", """{"parameters":{"config":"{}"}}""", "parameters: config is not supported here")]
    [TestCase(
        "models/digits/load", """{"parameters":{"config":"{}"}}""",
        "failed to load 'digits': clients may not load and unload models, the server runs with --model-control none")]
    public async Task Bodies_that_ask_for_what_cannot_be_are_refused(string path, string body, string message)
    {
        await using TestServer server = await TestServer.DigitsAsync();

        (HttpStatusCode status, JsonElement answer, _) = await server.PostAsync($"v2/repository/{path}", body);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo(message));
    }

    [Test]
    public void A_repository_without_models_is_refused()
    {
        TerminatingException error = Assert.Throws<TerminatingException>(() =>
            ModelServer.Build(new ServeOptions { ModelRepository = _root, Port = 0, GrpcPort = -1 }))!;

        Assert.That(error.Reason, Is.EqualTo(FailureReasons.ModelNotFound));
        Assert.That(error.Message, Is.EqualTo($"{_root} has no models, expected files as NAME/VERSION/model.onnx"));
    }

    [Test]
    public async Task Labels_name_the_classes()
    {
        Add("digits", "1", "digits-v1.onnx");
        await File.WriteAllLinesAsync(Path.Combine(_root, "digits", "labels.txt"), Enumerable.Range(0, 10).Select(i => $"digit {i}"));
        await using TestServer server = await StartAsync();

        (_, JsonElement body, _) = await server.InferAsync(
            Digits.Request(0, extra: ""","outputs":[{"name":"probabilities","parameters":{"classification":1}}]"""));

        Assert.That(
            body.GetProperty("outputs")[0].GetProperty("data")[0].GetString(),
            Does.EndWith($":{Digits.All[0].Label}:digit {Digits.All[0].Label}"));
    }

    [Test]
    public async Task Configuration_and_statistics_have_the_form_of_Triton()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0, 3));

        JsonElement config = await GetAsync(server, "v2/models/digits/config");
        JsonElement stats = (await GetAsync(server, "v2/models/digits/versions/1/stats")).GetProperty("model_stats")[0];
        JsonElement all = (await GetAsync(server, "v2/models/stats")).GetProperty("model_stats");

        Assert.That(config.GetProperty("platform").GetString(), Is.EqualTo("onnxruntime_onnx"));
        Assert.That(config.GetProperty("input")[0].GetProperty("data_type").GetString(), Is.EqualTo("TYPE_FP32"));
        bool batches = config.GetProperty("max_batch_size").GetInt32() > 0;
        Assert.That(config.GetProperty("input")[0].GetProperty("dims").GetRawText(), Is.EqualTo(batches ? "[64]" : "[-1,64]"));
        Assert.That(stats.GetProperty("inference_count").GetInt64(), Is.EqualTo(3));
        Assert.That(stats.GetProperty("inference_stats").GetProperty("success").GetProperty("count").GetInt64(), Is.EqualTo(1));
        Assert.That(stats.GetProperty("inference_stats").GetProperty("success").GetProperty("ns").GetInt64(), Is.Positive);
        Assert.That(all.GetArrayLength(), Is.EqualTo(1));
    }

    private static async Task<JsonElement> GetAsync(TestServer server, string path) =>
        JsonDocument.Parse(await server.Client.GetStringAsync(path)).RootElement;

    private static async Task<string[]> IndexAsync(TestServer server, string body = "") =>
        [.. (await server.PostAsync("v2/repository/index", body)).Body.EnumerateArray().Select(
            e =>
                $"{e.GetProperty("name").GetString()} {e.GetProperty("version").GetString()} {e.GetProperty("state").GetString()} "
                + $"{e.GetProperty("reason").GetString()}")];

    private static async Task<(HttpStatusCode Status, string? Error)> ChangeAsync(TestServer server, string path, string body)
    {
        using StringContent content = new(body);
        using HttpResponseMessage response = await server.Client.PostAsync($"v2/repository/models/{path}", content);
        string text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonDocument.Parse(text).RootElement.GetProperty("error").GetString());
    }

    private void Add(string name, string version, string model)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_root, name, version)).FullName;
        File.Copy(Path.Combine(TestServer.Models, model), Path.Combine(directory, "model.onnx"));
    }

    private Task<TestServer> StartAsync(ModelControlMode control = ModelControlMode.None, int latest = 1) => TestServer.StartAsync(
        "", o => o with { ModelName = "", ModelRepository = _root, ModelControl = control, LatestVersions = latest });
}
