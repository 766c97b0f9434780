using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using ModelOperator.GrpcMessages;
using ModelOperator.Server.Tests.Grpc;
using ModelOperator.Server.Tests.Rest;

namespace ModelOperator.Server.Tests;

/// <summary>Dimensions of length zero: the first step of a decoder has no past, and a batch may be empty.</summary>
public sealed class EmptyTensorTests
{
    private const string Path = "v2/models/digits/infer";

    private string _directory = null!;
    private TestServer _decoder = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _directory = Directory.CreateTempSubdirectory("empty-tests-").FullName;
        _decoder = await TestServer.StartAsync(OnnxFile.Write(
            _directory, "Concat", [("past", OnnxFile.Float, ["batch", "past", "4"]), ("new", OnnxFile.Float, ["batch", "1", "4"])],
            [OnnxFile.Tensor("present", OnnxFile.Float, ["batch", "all", "4"])], ["present"], [OnnxFile.Integer("axis", 1)]));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _decoder.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task A_decoder_takes_its_first_step_without_a_past_as_JSON()
    {
        (HttpStatusCode status, JsonElement body, _) = await _decoder.InferAsync("""
            {"inputs":[{"name":"past","shape":[1,0,4],"datatype":"FP32","data":[]},
            {"name":"new","shape":[1,1,4],"datatype":"FP32","data":[1,2,3,4]}]}
            """);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
        Assert.That(body.GetProperty("outputs")[0].GetProperty("shape").GetRawText(), Is.EqualTo("[1,1,4]"));
        Assert.That(body.GetProperty("outputs")[0].GetProperty("data").GetRawText(), Is.EqualTo("[1,2,3,4]"));
    }

    [Test]
    public async Task A_decoder_takes_its_first_step_without_a_past_as_binary_data()
    {
        byte[] step = [.. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)];

        BinaryClient.Answer answer = await BinaryClient.SendAsync(_decoder.Client, BinaryClient.Request(
            Path,
            """
            {"parameters":{"binary_data_output":true},
            "inputs":[{"name":"past","shape":[1,0,4],"datatype":"FP32","parameters":{"binary_data_size":0}},
            {"name":"new","shape":[1,1,4],"datatype":"FP32","parameters":{"binary_data_size":16}}]}
            """,
            step));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Json.GetRawText());
        Assert.That(answer.Binary["present"], Is.EqualTo(step));
    }

    [Test]
    public async Task A_decoder_takes_its_first_step_without_a_past_over_gRPC([Values] bool raw)
    {
        byte[] step = [.. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)];
        ModelInferRequest request = new() { ModelName = "digits" };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "past", Datatype = "FP32", Shape = { 1, 0, 4 } });
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = "new", Datatype = "FP32", Shape = { 1, 1, 4 } });
        if (raw)
        {
            request.RawInputContents.Add(ByteString.Empty);
            request.RawInputContents.Add(ByteString.CopyFrom(step));
        }
        else
        {
            request.Inputs[1].Contents = new InferTensorContents { Fp32Contents = { 1, 2, 3, 4 } };
        }

        ModelInferResponse response = await CallAsync(_decoder, request);

        Assert.That(response.Outputs[0].Shape, Is.EqualTo(new long[] { 1, 1, 4 }));
        Assert.That(response.RawOutputContents[0].ToByteArray(), Is.EqualTo(step));
    }

    [Test]
    public async Task An_empty_batch_gets_an_empty_answer_that_can_be_given_feedback_and_classes([Values(1, 8)] int maxBatchSize)
    {
        await using TestServer server =
            await TestServer.DigitsAsync(o => o with { Execution = o.Execution with { Batching = new() { MaxBatchSize = maxBatchSize } } });
        string request = """{"id":"none","inputs":[{"name":"image","shape":[0,64],"datatype":"FP32","data":[]}]OUTPUTS}""";

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(request.Replace("OUTPUTS", "", StringComparison.Ordinal));
        (_, JsonElement classes, _) = await server.InferAsync(
            request.Replace(
                "OUTPUTS", ""","outputs":[{"name":"probabilities","parameters":{"classification":2}}]""", StringComparison.Ordinal));
        (HttpStatusCode after, _, _) = await server.InferAsync(Digits.Request(0));
        JsonElement statistics = JsonDocument.Parse(await server.Client.GetStringAsync("v2/models/digits/stats")).RootElement;

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
        Assert.That(
            body.GetProperty("outputs")
                .EnumerateArray()
                .Select(o => o.GetProperty("shape").GetRawText() + o.GetProperty("data").GetRawText()),
            Is.EqualTo(["[0][]", "[0,10][]"]));
        Assert.That(classes.GetProperty("outputs")[0].GetProperty("shape").GetRawText(), Is.EqualTo("[0,2]"));
        Assert.That(after, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            statistics.GetProperty("model_stats")[0].GetProperty("inference_count").GetInt32(),
            Is.EqualTo(1),
            "two requests of no rows and one of one");
    }

    [Test]
    public async Task No_texts_are_texts()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.String, "n"));

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(
            """{"inputs":[{"name":"x","shape":[0],"datatype":"BYTES","data":[]}]}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
        Assert.That(body.GetProperty("outputs")[0].GetProperty("data").GetRawText(), Is.EqualTo("[]"));
    }

    [Test]
    public async Task Nothing_of_a_huge_width_is_refused_before_a_model_adds_it_up()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Write(
            _directory, "ReduceMax", [("x", OnnxFile.Float, ["n", "m"])], [OnnxFile.Tensor("y", OnnxFile.Float, ["m"])], ["y"],
            [OnnxFile.Integers("axes", 0), OnnxFile.Integer("keepdims", 0)]));

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(
            """{"inputs":[{"name":"x","shape":[0,1099511627776],"datatype":"FP32","data":[]}]}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(body.GetProperty("error").GetString(), Does.StartWith("input 'x': shape [0, 1099511627776] has more than "));
    }

    private static async Task<ModelInferResponse> CallAsync(TestServer server, ModelInferRequest request)
    {
        using RawClient client = new(server.GrpcAddress);
        RawClient.Answer answer = await client.CallAsync(CallServer.Infer, Frames.Plain(request.ToByteArray()));
        Assert.That(answer.Status, Is.EqualTo(StatusCode.OK), answer.Message);
        return ModelInferResponse.Parser.ParseFrom(answer.Messages.Single().Payload);
    }
}
