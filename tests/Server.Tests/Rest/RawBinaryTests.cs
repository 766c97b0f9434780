using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Rest;
using ModelOperator.Testing;
using static ModelOperator.Server.Tests.Rest.BinaryClient;

namespace ModelOperator.Server.Tests.Rest;

public sealed class RawBinaryTests
{
    private const string Path = "v2/models/digits/infer";

    private string _directory = null!;

    [OneTimeSetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("raw-tests-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase(1)]
    [TestCase(3)]
    public async Task A_body_without_JSON_is_the_only_input_and_its_outputs_are_binary(int images)
    {
        await using TestServer server = await TestServer.DigitsAsync();
        byte[] data = MemoryMarshal.AsBytes<float>(
            [.. Digits.All.Take(images).SelectMany(d => System.Text.Json.JsonSerializer.Deserialize<float[]>(d.Image)!)]).ToArray();

        Answer answer = await SendAsync(server.Client, Request(Path, "", data));
        int[] labels = Digits.Labels((await server.InferAsync(Digits.Request(0, images))).Body);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Json.GetRawText());
        Assert.That(answer.ContentType, Is.EqualTo("application/octet-stream"));
        Assert.That(answer.Output("probabilities").GetProperty("shape").GetRawText(), Is.EqualTo($"[{images},10]"));
        Assert.That(MemoryMarshal.Cast<byte, long>(answer.Binary["label"]).ToArray(), Is.EqualTo(labels.Select(l => (long)l)));
        Assert.That(answer.Binary["probabilities"], Has.Length.EqualTo(images * 40));
    }

    [Test]
    public async Task A_text_is_the_whole_body_and_may_be_compressed_or_empty()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.String, "n", "1"));

        Answer answer = await SendAsync(server.Client, Request(Path, "", Encoding.UTF8.GetBytes("grüße")));
        Answer empty = await SendAsync(server.Client, Request(Path, ""));
        using HttpRequestMessage compressed = Request(Path, "", Compressed.Gzip("zipped"u8.ToArray()));
        compressed.Content!.Headers.ContentEncoding.Add("gzip");
        Answer unzipped = await SendAsync(server.Client, compressed);

        Assert.That(answer.Output("y").GetProperty("shape").GetRawText(), Is.EqualTo("[1,1]"));
        Assert.That(Texts(answer.Binary["y"]), Is.EqualTo(["grüße"]));
        Assert.That(Texts(empty.Binary["y"]), Is.EqualTo([""]));
        Assert.That(Texts(unzipped.Binary["y"]), Is.EqualTo(["zipped"]));
    }

    [TestCase("", "the body has 0 bytes, input 'image' FP32 [batch, 64] takes a multiple of 256")]
    [TestCase("abc", "the body has 3 bytes, input 'image' FP32 [batch, 64] takes a multiple of 256")]
    public async Task A_length_that_fits_no_shape_is_refused(string body, string message)
    {
        await using TestServer server = await TestServer.DigitsAsync();

        Answer answer = await SendAsync(server.Client, Request(Path, "", Encoding.UTF8.GetBytes(body)));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Json.GetProperty("error").GetString(), Is.EqualTo(message));
    }

    [TestCase("FP32 2,3", "FP32 2,3", 24, "2,3")]
    [TestCase("FP32 n,3", "FP32 n,3", 24, "2,3")]
    [TestCase("INT64 batch,k", "INT64 batch", 24, "1,3")]
    [TestCase("UINT8 batch,k,2", "UINT8 batch", 8, "1,4,2")]
    [TestCase("FP16 3,k", "FP16 3", 12, "3,2")]
    [TestCase("FP64 ", "FP64 n", 8, "")]
    [TestCase("BYTES batch,1", "FP32 batch", 7, "1,1")]
    [TestCase("BYTES 1", "FP32 1", 7, "1")]
    public void Shapes_follow_from_the_length(string input, string output, int length, string shape)
    {
        RawInput raw = new([Spec("x", input)], [Spec("y", output)]);

        using InferRequest request = raw.Read(new byte[length], new ProtocolLimits());

        Assert.That(string.Join(',', request.Inputs[0].Shape), Is.EqualTo(shape));
        Assert.That(request.Inputs[0].Name, Is.EqualTo("x"));
        Assert.That(request.Parameters.BinaryDataOutput, Is.True);
    }

    [TestCase("FP32 n,k", "FP32 m", "more than one dimension of input 'x' [n, k] is open")]
    [TestCase("FP32 batch,h,w", "FP32 batch", "more than one dimension of input 'x' [batch, h, w] is open")]
    [TestCase("BYTES 2", "FP32 2", "input 'x' [2] is not of one text")]
    [TestCase("BYTES n", "FP32 m", "input 'x' [n] is not of one text")]
    [TestCase("BYTES batch,n", "FP32 batch", "input 'x' [batch, n] is not of one text")]
    [TestCase("FP32 n,0", "FP32 n", "input 'x' [n, 0] has no length that would tell its shape")]
    [TestCase("FP32 3000000000", "FP32 n", "input 'x' [3000000000] has no length that would tell its shape")]
    public void Models_whose_shape_no_length_tells_are_refused(string input, string output, string message)
    {
        RawInput raw = new([Spec("x", input)], [Spec("y", output)]);

        ProtocolException refused = Assert.Throws<ProtocolException>(() => raw.Read(new byte[24], new ProtocolLimits()))!;

        Assert.That(refused.StatusCode, Is.EqualTo(400));
        Assert.That(refused.Message, Does.Contain($"the body is the data of the only input, but {message}: send JSON before it"));
    }

    [Test]
    public void Models_of_several_inputs_are_refused()
    {
        RawInput raw = new([Spec("x", "FP32 n"), Spec("z", "FP32 n")], [Spec("y", "FP32 n")]);

        Assert.That(
            () => raw.Read(new byte[4], new ProtocolLimits()),
            Throws.TypeOf<ProtocolException>().With.Message.Contains("the model has 2 inputs"));
    }

    [Test]
    public void The_limits_hold_and_values_are_looked_at()
    {
        RawInput floats = new([Spec("x", "FP32 n")], [Spec("y", "FP32 n")]);
        RawInput truths = new([Spec("x", "BOOL 2")], [Spec("y", "BOOL 2")]);

        Assert.That(
            () => floats.Read(new byte[44], new ProtocolLimits { MaxElements = 10 }),
            Throws.TypeOf<ProtocolException>().With.Property(nameof(ProtocolException.StatusCode)).EqualTo(413));
        Assert.That(
            () => truths.Read(new byte[] { 1, 2 }, new ProtocolLimits()),
            Throws.TypeOf<ProtocolException>().With.Message.EqualTo("input 'x': value 1 of data is 2, expected BOOL (0 or 1)"));
    }

    private static TensorSpec Spec(string name, string text)
    {
        string[] parts = text.Split(' ');
        Assert.That(TensorDataTypes.TryParse(parts[0], out TensorDataType type), Is.True);
        string[] dimensions = parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        long[] shape = [.. dimensions.Select(d => long.TryParse(d, CultureInfo.InvariantCulture, out long length) ? length : -1)];
        return new TensorSpec(name, type, shape, [.. dimensions.Select((d, i) => shape[i] < 0 ? d : "")]);
    }
}
