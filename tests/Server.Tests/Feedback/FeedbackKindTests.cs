using System.Net;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Tests.Feedback;

public sealed class FeedbackKindTests
{
    private string _directory = null!;

    [OneTimeSetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("server-tests-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase(OnnxFile.Float, "FP32")]
    [TestCase(OnnxFile.Double, "FP64")]
    [TestCase(OnnxFile.Float16, "FP16")]
    [TestCase(OnnxFile.BFloat16, "BF16")]
    public async Task Numbers_are_right_within_the_tolerance(int type, string datatype)
    {
        await using TestServer server = await StartAsync(
            type, ["n"], new() { Kind = PredictionKind.Number, Tolerance = new Tolerance(0.5, 0) });
        await server.InferAsync($$"""{"id":"r","inputs":[{"name":"x","shape":[3],"datatype":"{{datatype}}","data":[1.5,2,-4]}]}""");

        (HttpStatusCode wrong, JsonElement error, _) = await server.FeedbackAsync("r", "[\"1\",2,3]");
        (_, JsonElement body, _) = await server.FeedbackAsync("r", "[1,2.5,-3]");

        Assert.That(wrong, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(error.GetProperty("error").GetString(), Is.EqualTo("truth[0] is a string, expected a number"));
        Assert.That(Counts(body), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task The_routers_tolerance_goes_before_the_servers()
    {
        await using TestServer server = await StartAsync(
            OnnxFile.Float, ["n"], new() { Kind = PredictionKind.Number, Tolerance = new Tolerance(0.5, 0) });
        await server.InferAsync("""{"id":"r","inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[110]}]}""");

        (HttpStatusCode wrong, JsonElement error, _) = await server.PostAsync(
            "v2/models/digits/feedback", """{"id":"r","truth":100}""", (ModelHeaders.FeedbackTolerance, "wide"));
        (_, JsonElement body, _) = await server.PostAsync(
            "v2/models/digits/feedback", """{"id":"r","truth":100}""", (ModelHeaders.FeedbackTolerance, new Tolerance(0, 10).ToString()));

        Assert.That(wrong, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(error.GetProperty("error").GetString(), Does.StartWith("header x-feedback-tolerance is no tolerance"));
        Assert.That(Counts(body), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Without_any_tolerance_no_number_is_judged_and_the_answer_says_how_to_set_one()
    {
        await using TestServer server = await StartAsync(OnnxFile.Float, ["n"], new() { Kind = PredictionKind.Number });
        await server.InferAsync("""{"id":"r","inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[110]}]}""");

        (HttpStatusCode status, JsonElement error, _) = await server.FeedbackAsync("r", "100");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(error.GetProperty("error").GetString(), Does.Contain("--feedback-tolerance"));
    }

    [TestCase("[[1,2],[3,5]]", 1, 1)]
    [TestCase("[1,2,3,4]", 2, 0)]
    public async Task A_row_of_several_numbers_is_one_prediction(string truth, int correct, int incorrect)
    {
        await using TestServer server = await StartAsync(
            OnnxFile.Float, ["n", "2"], new() { Kind = PredictionKind.Number, Tolerance = new Tolerance(0.5, 0) });
        await server.InferAsync("""{"id":"r","inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[1,2,3,4]}]}""");

        (HttpStatusCode few, JsonElement error, _) = await server.FeedbackAsync("r", "[1,2]");
        (_, JsonElement body, _) = await server.FeedbackAsync("r", truth);

        Assert.That(few, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            error.GetProperty("error").GetString(),
            Is.EqualTo("truth has 2 values, but request 'r' got 2 rows of 2 predictions; they must be as many"));
        Assert.That(Counts(body), Is.EqualTo((correct, incorrect)));
    }

    [Test]
    public async Task The_output_that_is_named_is_judged_and_not_the_first_that_fits()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with { Feedback = new() { Output = "probabilities" } });
        await server.InferAsync(Digits.Request(0, id: "p", extra: ""","outputs":[{"name":"label"}]"""));
        int label = Digits.Labels((await server.InferAsync(Digits.Request(0))).Body)[0];

        (_, JsonElement body, _) = await server.FeedbackAsync("p", $"{label}");

        Assert.That(Counts(body), Is.EqualTo((1, 0)));
    }

    [TestCase(PredictionKind.Label, "score", "--feedback-output is 'score', but the model has no such output, only 'y'")]
    [TestCase(PredictionKind.Label, "y", "--feedback-output is 'y', which is FP32 [n, 1] and holds no labels or scores of classes")]
    public async Task An_output_that_cannot_be_judged_ends_the_server_at_once(PredictionKind kind, string output, string message)
    {
        TerminatingException failure = await TestServer.FailureAsync(
            OnnxFile.Identity(_directory, OnnxFile.Float, "n", "1"), o => o with { Feedback = new() { Kind = kind, Output = output } });

        Assert.That((failure.Reason, failure.Message), Is.EqualTo((FailureReasons.InvalidConfiguration, message)));
    }

    [Test]
    public async Task Where_nothing_is_judged_outcomes_are_still_taken_once_for_each_request()
    {
        await using TestServer server = await TestServer.DigitsAsync(o => o with { Feedback = new() { Kind = PredictionKind.None } });
        await server.InferAsync(Digits.Request(0, id: "e"));

        (HttpStatusCode truth, JsonElement error, _) = await server.FeedbackAsync("e", "1");
        (_, JsonElement first, _) = await server.OutcomeAsync("e", "\"correct\":[true,true,false,true]");
        (_, JsonElement again, _) = await server.OutcomeAsync("e", "\"correct\":false");

        Assert.That(truth, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            error.GetProperty("error").GetString(),
            Is.EqualTo("truth is not what model 'digits' is judged by: send correct or reward"));
        Assert.That(Counts(first), Is.EqualTo((3, 1)));
        Assert.That((Counts(again), again.GetProperty("duplicate").GetBoolean()), Is.EqualTo(((3, 1), true)));
    }

    [TestCase(OnnxFile.UInt64, "UINT64", "[18446744073709551615,7]", "[18446744073709551615,\"7\"]")]
    [TestCase(OnnxFile.Int8, "INT8", "[-1,7]", "[-1,7.0]")]
    [TestCase(OnnxFile.String, "BYTES", "[\"7\",\"007\"]", "[7,\"007\"]")]
    public async Task Labels_of_every_type_are_compared_as_text(int type, string datatype, string data, string truth)
    {
        await using TestServer server = await StartAsync(type, ["n"], new());
        await server.InferAsync($$"""{"id":"l","inputs":[{"name":"x","shape":[2],"datatype":"{{datatype}}","data":{{data}}}]}""");

        Assert.That(Counts((await server.FeedbackAsync("l", truth)).Body), Is.EqualTo((2, 0)));
    }

    [TestCase(OnnxFile.Double, "FP64")]
    [TestCase(OnnxFile.Float16, "FP16")]
    [TestCase(OnnxFile.BFloat16, "BF16")]
    public async Task Scores_of_every_type_are_judged_by_the_largest(int type, string datatype)
    {
        await using TestServer server = await StartAsync(type, ["n", "3"], new());
        await server.InferAsync(
            $$"""{"id":"s","inputs":[{"name":"x","shape":[4,3],"datatype":"{{datatype}}","data":"""
            + """[0,2,1,"NaN",-1,-2,"NaN","NaN","NaN",3,3,1]}]}""");

        Assert.That(Counts((await server.FeedbackAsync("s", "[1,1,0,0]")).Body), Is.EqualTo((4, 0)));
    }

    private Task<TestServer> StartAsync(int type, string[] shape, FeedbackOptions feedback) =>
        TestServer.StartAsync(OnnxFile.Identity(_directory, type, shape), o => o with { Feedback = feedback });

    private static (int Correct, int Incorrect) Counts(JsonElement body) =>
        (body.GetProperty("correct").GetInt32(), body.GetProperty("incorrect").GetInt32());
}
