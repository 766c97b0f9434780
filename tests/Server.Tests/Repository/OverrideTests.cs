using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ModelOperator.GrpcMessages;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Tests.Repository;

/// <summary>Loads models as a client says instead of as they are in the repository.</summary>
public sealed class OverrideTests
{
    private string _root = null!;
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _root = Directory.CreateTempSubdirectory("override-tests-").FullName;
        foreach ((string name, string version, string file) in (ReadOnlySpan<(string, string, string)>)[
            ("digits", "1", "digits-v1.onnx"),
            ("digits", "2", "digits-v2.onnx"),
            ("other", "1", "digits-v1.onnx"),
        ])
        {
            File.Copy(
                Path.Combine(TestServer.Models, file),
                Path.Combine(Directory.CreateDirectory(Path.Combine(_root, name, version)).FullName, "model.onnx"));
        }

        _server = await TestServer.StartAsync(
            "", o => o with
            {
                ModelName = "",
                ModelRepository = _root,
                ModelControl = ModelControlMode.Explicit,
                RequestTimeout = TimeSpan.FromSeconds(2),
            });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public async Task A_configuration_counts_until_the_model_is_loaded_without_one()
    {
        JsonObject own = await ConfigAsync("digits");
        Assert.That(
            await LoadAsync("digits", new JsonObject
            {
                ["config"] = """
                {"backend":"onnxruntime","version_policy":{"specific":{"versions":[1]}},"max_batch_size":8,"instance_group":[{"count":3}],
                "dynamic_batching":{"preferred_batch_size":[4],"max_queue_delay_microseconds":100,
                "default_queue_policy":{"max_queue_size":5}},
                "input":[{"name":"image","data_type":"TYPE_FP32","dims":[64]}]}
                """,
            }),
            Is.EqualTo((HttpStatusCode.OK, null as string)));
        JsonObject asked = await ConfigAsync("digits");
        (HttpStatusCode answered, JsonElement body, _) = await _server.InferAsync(Digits.Request(0));

        Assert.That((int)asked["max_batch_size"]!, Is.EqualTo(8));
        Assert.That((int)asked["instance_group"]![0]!["count"]!, Is.EqualTo(3));
        Assert.That(asked["dynamic_batching"]!.ToJsonString(), Is.EqualTo(
            """{"preferred_batch_size":[4],"max_queue_delay_microseconds":100,"priority_levels":0,"default_priority_level":0,"""
            + "\"default_queue_policy\":{\"max_queue_size\":5}}"));
        Assert.That((answered, body.GetProperty("model_version").GetString()), Is.EqualTo((HttpStatusCode.OK, "1")));

        Assert.That(
            await LoadAsync("digits", new JsonObject { ["config"] = asked.ToJsonString() }),
            Is.EqualTo((HttpStatusCode.OK, null as string)));
        Assert.That(
            (await ConfigAsync("digits")).ToJsonString(), Is.EqualTo(asked.ToJsonString()), "what the server tells can be sent back");

        Assert.That(await LoadAsync("digits", []), Is.EqualTo((HttpStatusCode.OK, null as string)));
        JsonObject back = await ConfigAsync("digits");
        Assert.That(back["version_policy"]!.ToJsonString(), Is.EqualTo("""{"specific":{"versions":[2]}}"""));
        Assert.That(back["dynamic_batching"]?.ToJsonString(), Is.EqualTo(own["dynamic_batching"]?.ToJsonString()));
    }

    [TestCase("""{"input":[{"name":"picture"}]}""", "failed to load 'other': config: the name of an input is 'picture', expected 'image'")]
    [TestCase(
        """{"input":[{"name":"image","data_type":"TYPE_FP64"}]}""",
        "failed to load 'other': config: data_type of 'image' is TYPE_FP64, expected TYPE_FP32")]
    [TestCase(
        """{"max_batch_size":4,"input":[{"name":"image","dims":[-1,64]}]}""",
        "failed to load 'other': config: dims of 'image' is [-1, 64], expected [64]")]
    [TestCase(
        """{"max_batch_size":2,"dynamic_batching":{"preferred_batch_size":[4]}}""",
        "failed to load 'other': config: dynamic_batching.preferred_batch_size has 4, but a batch has 2 rows at most; "
        + "max_batch_size sets that")]
    [TestCase(
        """{"version_policy":{"specific":{"versions":[7]}}}""",
        "failed to load 'other': config: version_policy.specific.versions has 7, but there are only 1")]
    [TestCase(
        """{"ensemble_scheduling":{"step":[{}]}}""",
        "failed to load 'other': config: ensemble_scheduling is {\"step\":[{}]}, but this server has no setting for it: leave it out")]
    public async Task A_configuration_that_does_not_fit_leaves_what_was_there(string config, string message)
    {
        Assert.That(await LoadAsync("other", new JsonObject { ["config"] = config }), Is.EqualTo((HttpStatusCode.BadRequest, message)));
        Assert.That((await _server.PostAsync("v2/models/other/infer", Digits.Request(0))).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_model_that_mixes_rows_takes_no_batch_size()
    {
        string path = OnnxFile.Identity(_root, OnnxFile.Float, "3");

        (HttpStatusCode status, string? message) = await LoadAsync("fixed", new JsonObject
        {
            ["config"] = """{"max_batch_size":4}""",
            ["file:1/model.onnx"] = Convert.ToBase64String(await File.ReadAllBytesAsync(path)),
        });

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(message, Is.EqualTo(
            "failed to load 'fixed': config: max_batch_size is 4, but requests are computed one by one: "
            + "the first dimension of input 'x' [3] is not open"));
    }

    [Test]
    [SupportedOSPlatform("linux")]
    public async Task Files_are_served_and_gone_with_the_model()
    {
        HashSet<string> before = Temporary();
        JsonObject parameters = new()
        {
            ["config"] = "{}",
            ["file:7/model.onnx"] = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(TestServer.Models, "digits-v1.onnx"))),
            ["file:labels.txt"] =
                Convert.ToBase64String(string.Join('\n', Enumerable.Range(0, 10).Select(i => $"digit {i}")).Select(c => (byte)c).ToArray()),
        };
        Assert.That(await LoadAsync("sent", parameters), Is.EqualTo((HttpStatusCode.OK, null as string)));
        string[] made = [.. Temporary().Except(before).Where(d => File.Exists(Path.Combine(d, "labels.txt")))];
        (HttpStatusCode status, JsonElement body, _) = await _server.PostAsync(
            "v2/models/sent/infer",
            Digits.Request(0, extra: ""","outputs":[{"name":"probabilities","parameters":{"classification":1}}]"""));

        Assert.That((status, body.GetProperty("model_version").GetString()), Is.EqualTo((HttpStatusCode.OK, "7")));
        Assert.That(body.GetProperty("outputs")[0].GetProperty("data")[0].GetString(), Does.EndWith($":digit {Digits.All[0].Label}"));
        Assert.That(made, Has.Length.EqualTo(1));
        Assert.That(File.GetUnixFileMode(made[0]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));

        using HttpResponseMessage unloaded = await _server.Client.PostAsync("v2/repository/models/sent/unload", null);
        Assert.That(unloaded.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(() => Directory.Exists(made[0]), Is.False.After(30_000, 50));
    }

    [TestCase("1/../../model.onnx")]
    [TestCase("../1/model.onnx")]
    [TestCase("/etc/model.onnx")]
    [TestCase("1/..")]
    [TestCase("01/model.onnx")]
    [TestCase("one/model.onnx")]
    [TestCase("model.onnx")]
    [TestCase("1/a/model.onnx")]
    [TestCase("")]
    public async Task A_file_that_leads_elsewhere_is_refused(string path)
    {
        (HttpStatusCode status, string? message) = await LoadAsync(
            "elsewhere", new JsonObject { ["config"] = "{}", [$"file:{path}"] = "" });

        Assert.That((status, message), Is.EqualTo((
            HttpStatusCode.BadRequest,
            $"parameters: file:{path} is no file of a model, expected file:VERSION/model.onnx, VERSION being a whole number, "
            + "or file:labels.txt")));
    }

    [TestCase(
        """{"file:1/model.onnx":""}""",
        "failed to load 'none': parameters: files need config beside them, a model configuration in JSON; "
        + "\"{}\" leaves all settings to the server")]
    [TestCase("""{"config":"{}","file:1/model.onnx":"?"}""", "parameters: file:1/model.onnx is not base64")]
    [TestCase("""{"config":"{}","file:1/model.onnx":1}""", "parameters: file:1/model.onnx must be a string")]
    [TestCase("""{"config":"{}","file:1/weights":""}""", "failed to load 'none': parameters: file:1/model.onnx is missing")]
    [TestCase("""{"config":"{}","file:labels.txt":""}""", "failed to load 'none': parameters: file:1/model.onnx is missing")]
    [TestCase("""{"config":{}}""", "parameters: config must be a string")]
    [TestCase("""{"other":1}""", "parameters: other is not supported here")]
    public async Task Parameters_that_make_no_model_are_refused(string parameters, string message) =>
        Assert.That(await LoadAsync("none", JsonNode.Parse(parameters)!.AsObject()), Is.EqualTo((HttpStatusCode.BadRequest, message)));

    [Test]
    public async Task A_file_that_is_no_model_leaves_nothing_behind()
    {
        HashSet<string> before = Temporary();

        (HttpStatusCode status, string? message) = await LoadAsync(
            "broken", new JsonObject { ["config"] = "{}", ["file:1/model.onnx"] = "AAAA" });

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(message, Does.StartWith("failed to load 'broken': model.onnx is not a model that ONNX Runtime can load"));
        Assert.That(
            Temporary().Except(before).Where(d => File.Exists(Path.Combine(d, "model.onnx"))
                && new FileInfo(Path.Combine(d, "model.onnx")).Length == 3), Is.Empty);
    }

    [Test]
    public async Task Over_gRPC_files_are_bytes()
    {
        RepositoryModelLoadRequest request = new() { ModelName = "wired" };
        request.Parameters["config"] = new ModelRepositoryParameter { StringParam = """{"max_batch_size":0}""" };
        request.Parameters["file:3/model.onnx"] = new ModelRepositoryParameter
        {
            BytesParam = ByteString.CopyFrom(await File.ReadAllBytesAsync(Path.Combine(TestServer.Models, "digits-v1.onnx"))),
        };
        string? loaded = await CallAsync("RepositoryModelLoad", request);
        (HttpStatusCode status, JsonElement body, _) = await _server.PostAsync("v2/models/wired/infer", Digits.Request(0));
        request.Parameters["config"] = new ModelRepositoryParameter { BytesParam = ByteString.Empty };

        Assert.That(loaded, Is.EqualTo("0"));
        Assert.That((status, body.GetProperty("model_version").GetString()), Is.EqualTo((HttpStatusCode.OK, "3")));
        Assert.That((int)(await ConfigAsync("wired"))["max_batch_size"]!, Is.Zero);
        Assert.That(
            await CallAsync("RepositoryModelLoad", request), Is.EqualTo("3"), "a configuration that is no text is INVALID_ARGUMENT");
        Assert.That(await CallAsync("RepositoryModelUnload", new RepositoryModelUnloadRequest { ModelName = "wired" }), Is.EqualTo("0"));
    }

    private static HashSet<string> Temporary() => [.. Directory.EnumerateDirectories(Path.GetTempPath(), "model-override-*")];

    private async Task<JsonObject> ConfigAsync(string model) =>
        JsonNode.Parse(await _server.Client.GetStringAsync($"v2/models/{model}/config"))!.AsObject();

    private async Task<(HttpStatusCode Status, string? Error)> LoadAsync(string model, JsonObject parameters)
    {
        using StringContent content = new(new JsonObject { ["parameters"] = parameters }.ToJsonString());
        using HttpResponseMessage response = await _server.Client.PostAsync($"v2/repository/models/{model}/load", content);
        string text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonDocument.Parse(text).RootElement.GetProperty("error").GetString());
    }

    /// <summary>Calls a method of gRPC.</summary>
    /// <returns>Its status.</returns>
    private async Task<string?> CallAsync(string method, IMessage message)
    {
        byte[] frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.ToByteArray().CopyTo(frame, 5);
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://{_server.GrpcAddress}/inference.GRPCInferenceService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return (response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? early)
            ? early
            : response.TrailingHeaders.GetValues("grpc-status")).Single();
    }
}
