using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.GrpcMessages;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Tests.Grpc;

namespace ModelOperator.Server.Tests;

public sealed class ModelKindTests
{
    private string _directory = null!;

    [OneTimeSetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("server-tests-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase(OnnxFile.Bool, "BOOL", "[true,false]")]
    [TestCase(OnnxFile.UInt8, "UINT8", "[0,255]")]
    [TestCase(OnnxFile.UInt16, "UINT16", "[0,65535]")]
    [TestCase(OnnxFile.UInt32, "UINT32", "[0,4294967295]")]
    [TestCase(OnnxFile.UInt64, "UINT64", "[0,18446744073709551615]")]
    [TestCase(OnnxFile.Int8, "INT8", "[-128,127]")]
    [TestCase(OnnxFile.Int16, "INT16", "[-32768,32767]")]
    [TestCase(OnnxFile.Int32, "INT32", "[-2147483648,2147483647]")]
    [TestCase(OnnxFile.Int64, "INT64", "[-9223372036854775808,9223372036854775807]")]
    [TestCase(OnnxFile.Float16, "FP16", "[1.5,-65504]")]
    [TestCase(OnnxFile.Float, "FP32", "[0.1,\"NaN\"]")]
    [TestCase(OnnxFile.Double, "FP64", "[0.1,\"-Infinity\"]")]
    [TestCase(OnnxFile.BFloat16, "BF16", "[1.5,-2]")]
    [TestCase(OnnxFile.String, "BYTES", "[\"\",\"gr\\u00FC\\u00DFe\"]")]
    public async Task Tensors_of_every_type_go_through_a_model_unchanged(int type, string datatype, string data)
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, type, "n"));

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(
            $$"""{"inputs":[{"name":"x","shape":[2],"datatype":"{{datatype}}","data":{{data}}}]}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
        JsonElement output = body.GetProperty("outputs")[0];
        Assert.That(output.GetProperty("datatype").GetString(), Is.EqualTo(datatype));
        Assert.That(output.GetProperty("data").GetRawText(), Is.EqualTo(data));
    }

    [Test]
    public async Task Lengths_that_share_a_name_must_be_equal()
    {
        string model = OnnxFile.Write(
            _directory, "Add", [("a", OnnxFile.Float, ["n"]), ("b", OnnxFile.Float, ["n"])],
            [OnnxFile.Tensor("y", OnnxFile.Float, ["n"])], ["y"]);
        await using TestServer server = await TestServer.StartAsync(model);

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync("""
            {"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[3],"datatype":"FP32","data":[1,2,3]}]}
            """);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            body.GetProperty("error").GetString(),
            Is.EqualTo("input 'b': dimension 0 (n) is 3, but 2 in input 'a'; they must be equal"));
    }

    [Test]
    public async Task Values_that_the_model_cannot_compute_are_the_requests_fault_and_leave_the_server_healthy()
    {
        string model = OnnxFile.Write(
            _directory, "Gather", [("data", OnnxFile.Float, ["n"]), ("at", OnnxFile.Int64, ["k"])],
            [OnnxFile.Tensor("y", OnnxFile.Float, ["k"])], ["y"]);
        await using TestServer server = await TestServer.StartAsync(model);
        string request =
            """{"inputs":[{"name":"data","shape":[2],"datatype":"FP32","data":[5,6]},{"name":"at","shape":"""
            + """[1],"datatype":"INT64","data":[#]}]}""";

        (HttpStatusCode wrong, JsonElement error, _) = await server.InferAsync(request.Replace("#", "7", StringComparison.Ordinal));
        (HttpStatusCode right, JsonElement body, _) = await server.InferAsync(request.Replace("#", "1", StringComparison.Ordinal));

        Assert.That(wrong, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            error.GetProperty("error").GetString(),
            Does.StartWith("the model cannot compute these inputs: ").And.Contain("Gather"));
        Assert.That(right, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(body.GetProperty("outputs")[0].GetProperty("data").GetRawText(), Is.EqualTo("[6]"));
        Assert.That((await server.Client.GetAsync("v2/health/ready")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_model_without_inputs_is_asked_with_none_over_REST_and_gRPC()
    {
        string model = OnnxFile.Write(
            _directory, "Constant", [], [OnnxFile.Tensor("y", OnnxFile.Int64, [])], ["y"], [OnnxFile.Integer("value_int", 7)]);
        await using TestServer server = await TestServer.StartAsync(model);
        using RawClient client = new(server.GrpcAddress);

        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync("""{"inputs":[]}""");
        RawClient.Answer answer = await client.CallAsync(
            CallServer.Infer, Frames.Plain(new ModelInferRequest { ModelName = "digits" }.ToByteArray()));

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), body.GetRawText());
        Assert.That(body.GetProperty("outputs")[0].GetProperty("data").GetRawText(), Is.EqualTo("[7]"));
        Assert.That(answer.Status, Is.EqualTo(StatusCode.OK), answer.Message);
        ModelInferResponse response = ModelInferResponse.Parser.ParseFrom(answer.Messages.Single().Payload);
        Assert.That(BitConverter.ToInt64(response.RawOutputContents[0].Span), Is.EqualTo(7));
    }

    [Test]
    public void Of_a_long_message_the_end_with_the_values_is_kept()
    {
        string message = "Non-zero status code returned while running Gather node. Name:'g' Status Message: "
            + new string('/', 2000)
            + " idx=7 must be within [-2,1]\n";

        string reason = SessionFactory.Reason(message);

        Assert.That(
            reason,
            Does.StartWith("Non-zero status code returned while running Gather node.").And.EndWith("/ idx=7 must be within [-2,1]"));
        Assert.That(reason, Has.Length.LessThan(500).And.Contain(" ... "));
    }

    [Test]
    public async Task A_model_whose_only_output_is_no_tensor_is_invalid()
    {
        string model = OnnxFile.Write(
            _directory, "ZipMap", [("x", OnnxFile.Float, ["n", "2"])], [OnnxFile.SequenceOfMaps("maps")], ["maps"],
            [OnnxFile.Integers("classlabels_int64s", 0, 1)], "ai.onnx.ml");

        TerminatingException failure = await TestServer.FailureAsync(model);
        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ModelInvalid));
        Assert.That(failure.Message, Is.EqualTo("the model has no tensor output; maps cannot be carried by the protocol"));
    }

    [Test]
    public async Task Scores_without_labels_are_judged_by_the_largest()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.Float, "n", "3"));

        await server.InferAsync("""{"id":"s","inputs":[{"name":"x","shape":[2,3],"datatype":"FP32","data":[0,2,1,"NaN",-1,-2]}]}""");
        (_, JsonElement body, _) = await server.FeedbackAsync("s", "[1,1]");

        Assert.That((body.GetProperty("correct").GetInt32(), body.GetProperty("incorrect").GetInt32()), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task Labels_that_are_strings_are_judged_as_text()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.String, "n"));

        await server.InferAsync("""{"id":"t","inputs":[{"name":"x","shape":[2],"datatype":"BYTES","data":["cat","dog"]}]}""");
        (_, JsonElement body, _) = await server.FeedbackAsync("t", """["cat","cat"]""");

        Assert.That((body.GetProperty("correct").GetInt32(), body.GetProperty("incorrect").GetInt32()), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_model_that_tells_no_classes_takes_no_labels_as_feedback()
    {
        await using TestServer server = await TestServer.StartAsync(OnnxFile.Identity(_directory, OnnxFile.Float, "n", "1"));

        await server.InferAsync("""{"id":"r","inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[0.5]}]}""");
        (HttpStatusCode status, JsonElement body, _) = await server.FeedbackAsync("r", "1");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            body.GetProperty("error").GetString(),
            Is.EqualTo("model 'digits' predicts no classes: no output of it is labels or scores of classes; send correct or reward"));
    }

    [Test]
    public async Task A_file_that_is_no_model_is_invalid_on_any_provider()
    {
        string file = Path.Combine(TestServer.Models, "digits-v5.onnx");

        TerminatingException onCpu = await TestServer.FailureAsync(file);
        TerminatingException onGpu = await TestServer.FailureAsync(
            file, o => o with { Execution = new() { Providers = [ExecutionProvider.Cuda, ExecutionProvider.Cpu] } });

        Assert.That(onCpu.Reason, Is.EqualTo(FailureReasons.ModelInvalid));
        Assert.That(onCpu.Message, Does.StartWith("digits-v5.onnx is not a model that ONNX Runtime can load: "));
        Assert.That(onGpu.Reason, Is.EqualTo(FailureReasons.ModelInvalid));
    }

    [Test]
    public async Task A_model_that_is_not_there_is_not_found()
    {
        TerminatingException failure = await TestServer.FailureAsync("/nowhere/model.onnx");

        Assert.That(
            (failure.Reason, failure.Message),
            Is.EqualTo((FailureReasons.ModelNotFound, "there is no model at /nowhere/model.onnx")));
    }

    [Test]
    public async Task Without_its_libraries_a_GPU_provider_gives_way_to_the_next_and_alone_ends_the_server()
    {
        Assume.That(
            File.Exists(Path.Combine(AppContext.BaseDirectory, "libonnxruntime_providers_cuda.so")),
            Is.False,
            "built with the GPU providers");
        IReadOnlyList<ExecutionProvider> all = ExecutionProviders.Parse("TensorRT, cuda,CPU");

        await using TestServer server = await TestServer.DigitsAsync(o => o with { Execution = new() { Providers = all } });
        TerminatingException failure = await TestServer.FailureAsync(
            Path.Combine(TestServer.Models, "digits-v1.onnx"), o => o with { Execution = new() { Providers = [.. all.Take(2)] } });

        Assert.That(server.Services.GetRequiredService<ModelRepository>().All[0].Ready, Is.True);
        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.ProviderUnavailable));
        Assert.That(
            failure.Message,
            Does.Contain("TensorRT: ").And.Contain("CUDA: ").And.Contain("(this image was built without the GPU providers)"));
    }

    [Test]
    public async Task Half_precision_is_refused_where_nothing_lowers_it()
    {
        TerminatingException failure = await TestServer.FailureAsync(
            Path.Combine(TestServer.Models, "digits-v1.onnx"),
            o => o with { Execution = new() { Precision = ModelOperator.Server.Execution.Precision.Fp16 } });

        Assert.That(failure.Reason, Is.EqualTo(FailureReasons.InvalidConfiguration));
        Assert.That(
            failure.Message,
            Does.StartWith("precision Fp16 needs TensorRT first among the execution providers, but the model would run on CPU; "));
    }

    [TestCase("GPU", "execution provider 'GPU' is unknown, expected TensorRT, CUDA or CPU")]
    [TestCase("CPU,cpu", "execution provider 'cpu' is named twice")]
    [TestCase("", "execution provider '' is unknown, expected TensorRT, CUDA or CPU")]
    public void Providers_that_do_not_exist_are_refused(string text, string message) =>
        Assert.That(Assert.Throws<TerminatingException>(() => ExecutionProviders.Parse(text))!.Message, Is.EqualTo(message));
}
