using System.Net;
using System.Runtime.InteropServices;
using static ModelOperator.Server.Tests.Rest.BinaryClient;

namespace ModelOperator.Server.Tests.Rest;

public sealed class BinaryTests
{
    private const string Path = "v2/models/digits/infer";

    private string _directory = null!;
    private TestServer _digits = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _directory = Directory.CreateTempSubdirectory("rest-tests-").FullName;
        _digits = await TestServer.DigitsAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _digits.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Binary_and_JSON_tell_the_same()
    {
        byte[] images = Image(0, 8);
        Answer binary = await SendAsync(_digits.Client, Request(Path, Inputs(8, ""","parameters":{"binary_data_output":true}"""), images));
        Answer json = await SendAsync(_digits.Client, Request(Path, Inputs(8, ""), images));
        int[] labels = Digits.Labels((await _digits.InferAsync(Digits.Request(0, 8))).Body);

        Assert.That(binary.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(binary.ContentType, Is.EqualTo("application/octet-stream"));
        Assert.That(MemoryMarshal.Cast<byte, long>(binary.Binary["label"]).ToArray(), Is.EqualTo(labels.Select(l => (long)l)));
        Assert.That(json.ContentType, Is.EqualTo("application/json"));
        Assert.That(Digits.Labels(json.Json), Is.EqualTo(labels));
    }

    [Test]
    public async Task What_an_output_says_of_itself_beats_what_the_request_says()
    {
        Answer answer = await SendAsync(_digits.Client, Request(
            Path,
            Inputs(
                1,
                ""","id":"r-1","parameters":{"binary_data_output":true},"outputs":[{"name":"label","parameters":{"binary_data":false}},"""
                + """{"name":"probabilities"}]"""),
            Image(0, 1)));

        Assert.That(answer.Json.GetProperty("id").GetString(), Is.EqualTo("r-1"));
        Assert.That(answer.Output("label").GetProperty("data").GetArrayLength(), Is.EqualTo(1));
        Assert.That(answer.Output("probabilities").TryGetProperty("data", out _), Is.False);
        Assert.That(answer.Binary["probabilities"], Has.Length.EqualTo(40));
    }

    [TestCase(OnnxFile.Bool, "BOOL", 1)]
    [TestCase(OnnxFile.UInt16, "UINT16", 2)]
    [TestCase(OnnxFile.Int64, "INT64", 8)]
    [TestCase(OnnxFile.Float16, "FP16", 2)]
    [TestCase(OnnxFile.BFloat16, "BF16", 2)]
    [TestCase(OnnxFile.Double, "FP64", 8)]
    public async Task Tensors_of_every_size_go_through_a_model_unchanged(int type, string datatype, int size)
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, type, "n"));
        byte[] data = [.. Enumerable.Range(0, 3 * size).Select(i => (byte)(datatype == "BOOL" ? i & 1 : i))];

        Answer answer = await SendAsync(server.Client, Identity(datatype, 3, data));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Json.GetRawText());
        Assert.That(answer.Binary["y"], Is.EqualTo(data));
    }

    [Test]
    public async Task Texts_go_through_a_model_unchanged()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.String, "n"));

        Answer answer = await SendAsync(server.Client, Identity("BYTES", 3, Texts("", "grüße", "\0\u0001")));

        Assert.That(Texts(answer.Binary["y"]), Is.EqualTo(["", "grüße", "\0\u0001"]));
    }

    [TestCase(1_000)]
    [TestCase(10_000)]
    [TestCase(1_048_576)]
    public async Task Bodies_of_all_lengths_come_back_whole(int count)
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.Float, "n"));
        byte[] data = new byte[count * 4];
        Random random = new(count);
        MemoryMarshal.Cast<byte, float>(data.AsSpan())
            .ToArray()
            .Select(_ => random.NextSingle())
            .ToArray()
            .CopyTo(MemoryMarshal.Cast<byte, float>(data.AsSpan()));

        for (int i = 0; i < 3; i++)
        {
            Answer answer = await SendAsync(server.Client, Identity("FP32", count, data));
            Assert.That(answer.Binary["y"].AsSpan().SequenceEqual(data), Is.True);
        }
    }

    [TestCase("9999", "Inference-Header-Content-Length is 9999, but the body has 2 bytes")]
    [TestCase("99999999999", "Inference-Header-Content-Length is 99999999999, but the body has 2 bytes")]
    [TestCase("-1", "Inference-Header-Content-Length is '-1', expected the length of the JSON part of the body in bytes")]
    public async Task A_length_that_cannot_be_is_refused(string length, string message)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Path) { Content = new StringContent("{}") };
        request.Headers.Add("Inference-Header-Content-Length", length);

        Answer answer = await SendAsync(_digits.Client, request);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Json.GetProperty("error").GetString(), Is.EqualTo(message));
    }

    [Test]
    public async Task Classes_come_as_texts_with_the_best_first()
    {
        string outputs = ""","outputs":[{"name":"probabilities","parameters":{"classification":3,"binary_data":true}}]""";
        Answer binary = await SendAsync(_digits.Client, Request(Path, Inputs(2, outputs), Image(0, 2)));
        Answer json = await SendAsync(
            _digits.Client,
            Request(Path, Inputs(2, outputs.Replace("true", "false", StringComparison.Ordinal)), Image(0, 2)));

        Assert.That(binary.Output("probabilities").GetProperty("datatype").GetString(), Is.EqualTo("BYTES"));
        Assert.That(binary.Output("probabilities").GetProperty("shape").GetRawText(), Is.EqualTo("[2,3]"));
        string[] classes = Texts(binary.Binary["probabilities"]);
        Assert.That(classes, Has.Length.EqualTo(6));
        Assert.That(classes, Is.All.Match("""^[01]\.\d{6}:\d$"""));
        Assert.That(classes[0], Does.EndWith($":{Digits.All[0].Label}"));
        Assert.That(json.Output("probabilities").GetProperty("data").EnumerateArray().Select(e => e.GetString()), Is.EqualTo(classes));
    }

    private static string Inputs(int count, string more) =>
        $$"""{"inputs":[{"name":"image","shape":[{{count}},64],"datatype":"FP32","parameters":"""
        + $$"""{"binary_data_size":{{count * 256}} } }]{{more}} }""";

    private static HttpRequestMessage Identity(string datatype, int count, byte[] data) => Request(
        Path,
        $$"""
        {"inputs":[{"name":"x","shape":[{{count}}],"datatype":"{{datatype}}","parameters":{"binary_data_size":{{data.Length}} } }],
        "outputs":[{"name":"y","parameters":{"binary_data":true} }]}
        """,
        data);

    private static byte[] Image(int first, int count) => MemoryMarshal.AsBytes<float>(
        [.. Digits.All.Skip(first).Take(count).SelectMany(d => System.Text.Json.JsonSerializer.Deserialize<float[]>(d.Image)!)]).ToArray();
}
