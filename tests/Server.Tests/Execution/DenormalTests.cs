using System.Net;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;

namespace ModelOperator.Server.Tests.Execution;

public sealed class DenormalTests
{
    private string _directory = null!;

    [OneTimeSetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("denormal-tests-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Platform("Linux")]
    [TestCase(true, 1, 2, 0f)]
    [TestCase(true, 2, 100_000, 0f)]
    [TestCase(false, 1, 2, 1E-40f)]
    [TestCase(false, 2, 100_000, 1E-40f)]
    public async Task Runs_take_numbers_too_near_to_zero_for_zero_unless_told_to_keep_them(
        bool flush, int threads, int length, float expected)
    {
        Assume.That(X86Base.IsSupported, "Arm's processors compute with them at full speed");
        string model = OnnxFile.Write(
            _directory, "Mul", [("a", OnnxFile.Float, ["n"]), ("b", OnnxFile.Float, ["n"])],
            [OnnxFile.Tensor("y", OnnxFile.Float, ["n"])], ["y"]);
        await using TestServer server = await TestServer.StartAsync(
            model, o => o with { Execution = o.Execution with { Threads = threads, FlushDenormals = flush } });

        float[] results = await ComputeAsync(server, Enumerable.Repeat("1e-40", length), Enumerable.Repeat("1", length));

        Assert.That(results, Is.All.EqualTo(expected));
    }

    [Test]
    public async Task Requests_and_responses_keep_them()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.Float, "n"));

        // Several, so that each thread that computes has read and written some afterwards.
        for (int i = 0; i < 50; i++)
        {
            (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(
                """{"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1e-40,-1e-45]}]}""");

            Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
            Assert.That(body.GetProperty("outputs")[0].GetProperty("data").GetRawText(), Is.EqualTo("[1E-40,-1E-45]"));
        }
    }

    private static async Task<float[]> ComputeAsync(TestServer server, IEnumerable<string> a, IEnumerable<string> b)
    {
        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(
            $$"""{"inputs":[{{Input("a", [.. a])}},{{Input("b", [.. b])}}]}""");
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
        return [.. body.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(e => e.GetSingle())];
    }

    private static string Input(string name, string[] data) =>
        $$"""{"name":"{{name}}","shape":[{{data.Length}}],"datatype":"FP32","data":[{{string.Join(',', data)}}]}""";
}
