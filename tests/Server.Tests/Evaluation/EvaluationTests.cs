using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOperator.Protocol;
using ModelOperator.Server.Evaluation;
using ModelOperator.Testing;

namespace ModelOperator.Server.Tests.Evaluation;

public sealed class EvaluationTests : EvaluationFixture
{
    [Test]
    public async Task Counts_are_those_of_the_models_own_answers()
    {
        await using TestServer stable = await TestServer.DigitsAsync();
        await using TestServer canary = await TestServer.StartAsync(Path.Combine(TestServer.Models, "digits-v3.onnx"));
        int[] truths = [.. Digits.All.Select(sample => sample.Label)];
        bool[] stableWrong = [.. (await LabelsAsync(stable)).Zip(truths, (label, truth) => label != truth)];
        bool[] canaryWrong = [.. (await LabelsAsync(canary)).Zip(truths, (label, truth) => label != truth)];

        EvaluationReport report = await RunAsync(
            Options(DigitsRows, canary.Client.BaseAddress!, stable.Client.BaseAddress) with { ModelName = "digits" });

        Assert.That(canaryWrong.Count(wrong => wrong), Is.GreaterThan(stableWrong.Count(wrong => wrong)));
        Assert.That((report.Rows, report.TotalRows), Is.EqualTo((540, 540)));
        Assert.That(
            (report.Canary.Total, report.Canary.Bad, report.Canary.Errors),
            Is.EqualTo((540, canaryWrong.Count(wrong => wrong), 0)));
        Assert.That(
            (report.Stable!.Total, report.Stable.Bad, report.Stable.Errors),
            Is.EqualTo((540, stableWrong.Count(wrong => wrong), 0)));
        Assert.That(report.OnlyCanaryWrong, Is.EqualTo(canaryWrong.Zip(stableWrong).Count(pair => pair is { First: true, Second: false })));
        Assert.That(report.OnlyStableWrong, Is.EqualTo(canaryWrong.Zip(stableWrong).Count(pair => pair is { First: false, Second: true })));
        Assert.That(report.Canary.LatencyMicroseconds, Is.Positive);
        Assert.That(report.Stable.Answers, Is.EqualTo(540));
    }

    [Test]
    public async Task A_first_revision_is_asked_alone()
    {
        await using FileServer canary = await ProtocolServer.SevenAsync();

        EvaluationReport report =
            await RunAsync(Options(Write(ProtocolServer.Row("7"), ProtocolServer.Row("\"7\""), ProtocolServer.Row("8")), canary.Uri("/")));

        Assert.That((report.Canary.Total, report.Canary.Bad), Is.EqualTo((3, 1)));
        Assert.That(report.Stable, Is.Null);
    }

    [Test]
    public async Task Each_label_of_a_batch_counts()
    {
        await using FileServer canary = await ProtocolServer.StartAsync((context, _) =>
            context.Response.WriteAsync("""{"outputs":[{"name":"y","shape":[3],"datatype":"INT64","data":[1,2,3]}]}"""));
        const string Row = """{"inputs":[{"name":"x","shape":[3,1],"datatype":"FP32","data":[1,2,3]}],"truth":[1,5,3]}""";

        EvaluationReport report = await RunAsync(Options(Write(Row), canary.Uri("/")));

        Assert.That((report.Rows, report.Canary.Total, report.Canary.Bad), Is.EqualTo((1, 3, 1)));
    }

    [Test]
    public async Task Scores_are_read_by_the_rule_of_feedback()
    {
        const string Metadata =
            """{"name":"m","versions":["1"],"platform":"test","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1]}],"outputs":"""
            + """[{"name":"p","datatype":"FP32","shape":[-1,3]}]}""";
        await using FileServer canary = await ProtocolServer.StartAsync(
            (context, _) => context.Response.WriteAsync(
                """{"outputs":[{"name":"p","shape":[1,3],"datatype":"FP32","data":[0.1,0.7,0.2]}]}"""),
            Metadata);

        EvaluationReport report = await RunAsync(Options(Write(ProtocolServer.Row("1")), canary.Uri("/")));

        Assert.That((report.Canary.Total, report.Canary.Bad), Is.EqualTo((1, 0)));
    }

    [TestCase("[[1,2],[3,4]]", 1)]
    [TestCase("[1.4,2.4,3.4,4]", 0)]
    public async Task Numbers_are_judged_by_the_tolerance_of_feedback_and_a_row_of_several_as_one(string truth, int bad)
    {
        const string Metadata =
            """{"name":"m","versions":["1"],"platform":"test","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1]}],"outputs":"""
            + """[{"name":"label","datatype":"INT64","shape":[-1]},{"name":"price","datatype":"FP32","shape":[-1,2]}]}""";
        await using FileServer canary = await ProtocolServer.StartAsync(
            (context, _) => context.Response.WriteAsync(
                """{"outputs":[{"name":"price","shape":[2,2],"datatype":"FP32","data":[1,2,3.75,4]}]}"""),
            Metadata);
        string row = $$"""{"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[1,2]}],"truth":{{truth}}}""";

        EvaluationReport report = await RunAsync(
            Options(Write(row), canary.Uri("/")) with
            {
                Feedback = new() { Kind = PredictionKind.Number, Tolerance = new Tolerance(0.5, 0) },
            });

        Assert.That((report.Rows, report.Canary.Total, report.Canary.Bad), Is.EqualTo((1, 2, bad)));
    }

    [TestCase("\"a lot\"", "line 1 of the data set: truth is a string, expected a number")]
    [TestCase("[[1,2]]", "line 1 of the data set: truth has 2 values, but the model makes 1 predictions")]
    public async Task A_truth_that_is_no_number_is_the_rows_fault(string truth, string message)
    {
        const string Metadata =
            """{"name":"m","versions":["1"],"platform":"test","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1]}],"outputs":"""
            + """[{"name":"price","datatype":"FP32","shape":[-1]}]}""";
        await using FileServer canary = await ProtocolServer.StartAsync(
            (context, _) => context.Response.WriteAsync("""{"outputs":[{"name":"price","shape":[1],"datatype":"FP32","data":[1]}]}"""),
            Metadata);
        EvaluateOptions options = Options(Write(ProtocolServer.Row(truth)), canary.Uri("/")) with
        {
            Feedback = new() { Kind = PredictionKind.Number, Tolerance = new Tolerance(0.5, 0) },
        };

        TerminatingException failure = (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(options)))!;

        Assert.That(failure.Message, Does.StartWith(message));
    }

    [Test]
    public async Task Names_that_are_labels_are_compared_as_text()
    {
        const string Metadata =
            """{"name":"m","versions":["1"],"platform":"test","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1]}],"outputs":"""
            + """[{"name":"y","datatype":"BYTES","shape":[-1]}]}""";
        await using FileServer canary = await ProtocolServer.StartAsync(
            (context, _) => context.Response.WriteAsync(
                """{"outputs":[{"name":"y","shape":[1],"datatype":"BYTES","data":["Kätzchen"]}]}"""),
            Metadata);

        EvaluationReport report =
            await RunAsync(Options(Write(ProtocolServer.Row("\"Kätzchen\""), ProtocolServer.Row("\"dog\"")), canary.Uri("/")));

        Assert.That((report.Canary.Total, report.Canary.Bad), Is.EqualTo((2, 1)));
    }

    [TestCase("{\"inputs\":", "line 2 of the data set: the body is not valid JSON")]
    [TestCase("[1]", "line 2 of the data set: a row must be a JSON object, not a list")]
    [TestCase("{\"truth\":1}", "line 2 of the data set: inputs is missing")]
    [TestCase("{\"inputs\":[]}", "line 2 of the data set: truth is missing")]
    [TestCase("{\"inputs\":[],\"truth\":1}", "line 2 of the data set: input 'x' is missing")]
    [TestCase("{\"inputs\":[],\"truth\":true}", "line 2 of the data set: truth is true, expected a number or a string")]
    [TestCase(
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\",\"data\":[1]}],\"truth\":1.5}",
        "line 2 of the data set: truth is 1.5, expected a label")]
    [TestCase("{\"inputs\":[],\"truth\":1,\"outputs\":[]}", "line 2 of the data set: \"outputs\" is not a field of a row")]
    [TestCase("{\"image\":[1],\"label\":1}", "line 2 of the data set: \"image\" is not a field of a row")]
    [TestCase(
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"truth\":1}",
        "line 2 of the data set: input 'x': shape is [1, 2], the model takes [any, 1]")]
    [TestCase(
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\",\"data\":[1]}],\"truth\":[1,2]}",
        "line 2 of the data set: truth has 2 values, but the model makes 1 predictions")]
    public async Task A_row_that_is_none_is_named(string row, string message)
    {
        await using FileServer server = await ProtocolServer.SevenAsync();
        EvaluateOptions options = Options(Write(ProtocolServer.Row(), row, ProtocolServer.Row()), server.Uri("/"), server.Uri("/"));

        TerminatingException failure = (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(options)))!;

        Assert.That(failure.Reason, Is.EqualTo("DatasetInvalid"));
        Assert.That(failure.Message, Does.StartWith(message));
    }

    [Test]
    public async Task Of_many_bad_rows_the_first_is_named_each_time()
    {
        await using FileServer server = await ProtocolServer.SevenAsync();
        EvaluateOptions options = Options(
            Write([.. Enumerable.Repeat(ProtocolServer.Row("[1,2]"), 3), .. Enumerable.Repeat("{}", 200)]), server.Uri("/"));

        for (int i = 0; i < 20; i++)
        {
            TerminatingException failure =
                (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(options with { Concurrency = 16 })))!;

            Assert.That(failure.Message, Does.StartWith("line 1 of the data set: truth has 2 values"));
        }
    }

    [Test]
    public async Task An_error_of_the_model_is_a_wrong_answer()
    {
        await using FileServer stable = await ProtocolServer.SevenAsync();
        await using FileServer canary = await ProtocolServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync($$"""{"error":"the model cannot compute these inputs: {{new string('x', 10_000)}}"}""");
        });

        EvaluationReport report =
            await RunAsync(Options(Write(ProtocolServer.Row(), ProtocolServer.Row()), canary.Uri("/"), stable.Uri("/")));

        Assert.That((report.Canary.Total, report.Canary.Bad, report.Canary.Errors, report.Canary.Answers), Is.EqualTo((2, 2, 2, 0)));
        Assert.That((report.Stable!.Bad, report.OnlyCanaryWrong), Is.EqualTo((0, 2)));
        Assert.That(report.Canary.Error, Does.StartWith("400: the model cannot compute these inputs"));
        Assert.That(JsonSerializer.SerializeToUtf8Bytes(report, EvaluationJson.Default.EvaluationReport), Has.Length.LessThan(4096));
    }

    [TestCase("""{"outputs":[]}""")]
    [TestCase("""{"outputs":[{"name":"y","shape":[2],"datatype":"INT64","data":[7,7]}]}""")]
    [TestCase("""{"outputs":[{"name":"y","shape":[1],"datatype":"FP32","data":[7]}]}""")]
    [TestCase("not JSON")]
    public async Task A_canary_that_answers_what_its_model_does_not_promise_is_wrong(string answer)
    {
        await using FileServer stable = await ProtocolServer.SevenAsync();
        await using FileServer canary = await ProtocolServer.StartAsync((context, _) => context.Response.WriteAsync(answer));

        EvaluationReport report = await RunAsync(Options(Write(ProtocolServer.Row()), canary.Uri("/"), stable.Uri("/")));

        Assert.That((report.Canary.Bad, report.Stable!.Bad, report.OnlyCanaryWrong), Is.EqualTo((1, 0, 1)));
    }

    [Test]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        int requests = 0;
        await using FileServer canary = await ProtocolServer.StartAsync((context, _) =>
        {
            if (Interlocked.Increment(ref requests) <= 3)
            {
                context.Response.StatusCode = 503;
                return context.Response.WriteAsync("""{"error":"busy"}""");
            }

            return context.Response.WriteAsync(ProtocolServer.Seven);
        });

        EvaluationReport report = await RunAsync(Options(Write(ProtocolServer.Row()), canary.Uri("/")));

        Assert.That((report.Canary.Total, report.Canary.Bad, report.Canary.Errors), Is.EqualTo((1, 0, 0)));
        Assert.That(requests, Is.EqualTo(4));
    }

    [Test]
    public async Task A_revision_that_never_answers_ends_it_without_a_verdict()
    {
        FileServer gone = await ProtocolServer.SevenAsync();
        Uri address = gone.Uri("/");
        await gone.DisposeAsync();
        await using FileServer stable = await ProtocolServer.SevenAsync();

        TerminatingException failure = (await Assert.ThrowsAsync<TerminatingException>(
            () => RunAsync(Options(Write(ProtocolServer.Row()), address, stable.Uri("/")) with { Retries = 2 })))!;

        Assert.That(failure.Reason, Is.EqualTo("RevisionUnreachable"));
        Assert.That(failure.Message, Does.StartWith($"canary at {address} gave no answer in 3 tries"));
    }

    [Test]
    public async Task A_model_without_classes_cannot_be_evaluated()
    {
        await using FileServer canary = await ProtocolServer.StartAsync(
            (_, _) => Task.CompletedTask, ProtocolServer.Metadata.Replace("INT64", "FP32"));

        TerminatingException failure =
            (await Assert.ThrowsAsync<TerminatingException>(() => RunAsync(Options(Write(ProtocolServer.Row()), canary.Uri("/")))))!;

        Assert.That(
            (failure.Reason, failure.Message),
            Is.EqualTo(("NoLabels", "canary: model 'm' predicts no classes: no output of it is labels or scores of classes")));
    }

    [Test]
    public async Task Slow_answers_are_counted_and_latency_is_told_at_the_quantile()
    {
        int requests = 0;
        await using FileServer canary = await ProtocolServer.StartAsync(async (context, _) =>
        {
            // Two of ten.
            if (Interlocked.Increment(ref requests) % 5 == 0)
            {
                await Task.Delay(300);
            }

            await context.Response.WriteAsync(ProtocolServer.Seven);
        });
        EvaluateOptions options = Options(Write([.. Enumerable.Repeat(ProtocolServer.Row(), 10)]), canary.Uri("/"));

        EvaluationReport report = await RunAsync(options with { MaxMilliseconds = 250, QuantilePercent = 90 });

        Assert.That(
            (report.Canary.Answers, report.Canary.Slow, report.MaxMilliseconds, report.QuantilePercent),
            Is.EqualTo((10, 2, 250, 90)));
        Assert.That(report.Canary.LatencyMicroseconds, Is.GreaterThanOrEqualTo(300_000));
    }

    [Test]
    public async Task Progress_is_told_and_no_more_rows_are_asked_at_once_than_allowed()
    {
        using SemaphoreSlim gate = new(0);
        int inside = 0, most = 0;
        await using FileServer canary = await ProtocolServer.StartAsync(async (context, _) =>
        {
            int now = Interlocked.Increment(ref inside);
            most = Math.Max(most, now);
            await gate.WaitAsync(context.RequestAborted);
            Interlocked.Decrement(ref inside);
            await context.Response.WriteAsync(ProtocolServer.Seven);
        });
        EvaluateOptions options = Options(Write([.. Enumerable.Repeat(ProtocolServer.Row(), 100)]), canary.Uri("/")) with
        {
            Concurrency = 3,
            ProgressPort = FreePort.Find(),
        };
        Task<EvaluationReport> running = RunAsync(options);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{options.ProgressPort}/") };

        gate.Release(40);
        EvaluationReport seen = await EventuallyAsync(client, report => report.Rows == 40);
        gate.Release(60);
        EvaluationReport ended = await running;

        Assert.That((seen.TotalRows, seen.Canary.Total, seen.IsComplete), Is.EqualTo((100, 40, false)));
        Assert.That((ended.Rows, ended.IsComplete), Is.EqualTo((100, true)));
        Assert.That(most, Is.EqualTo(3));
    }

    private static string DigitsRows => Path.Combine(TestServer.Models, "digits-evaluation.ndjson");

    private static async Task<int[]> LabelsAsync(TestServer server)
    {
        (HttpStatusCode status, JsonElement body, _) = await server.InferAsync(Digits.Request(0, Digits.All.Length));
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        return Digits.Labels(body);
    }

    private static async Task<EvaluationReport> EventuallyAsync(HttpClient client, Func<EvaluationReport, bool> isRight)
    {
        while (true)
        {
            try
            {
                EvaluationReport report =
                    JsonSerializer.Deserialize(await client.GetByteArrayAsync("progress"), EvaluationJson.Default.EvaluationReport)!;
                if (isRight(report))
                {
                    return report;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(10, TestContext.CurrentContext.CancellationToken);
        }
    }
}
