using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Tests.Execution;

namespace ModelOperator.Server.Tests.Batching;

public sealed class BatchedRunTests
{
    private static readonly string DigitsModel = Path.Combine(TestServer.Models, "digits-v1.onnx");
    private static readonly ExecutionOptions Batched = new() { Instances = 1, Batching = new() { MaxBatchSize = 8 } };

    private string _directory = null!;

    [OneTimeSetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("batch-tests-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Requests_that_wait_are_computed_together_and_answered_as_if_alone()
    {
        using TestModel model = new(DigitsModel, Batched);
        InferRequest[] requests = [.. Enumerable.Range(0, 20).Select(i => Image(i % 3 + 1, i))];
        List<Computed> alone = [];
        foreach (InferRequest request in requests)
        {
            alone.Add(await model.RunAsync(request));
        }

        Task<Computed>[] waiting;
        using (HeldInstances.Of(model.Model))
        {
            waiting = [.. requests.Select(r => model.RunAsync(r))];
        }

        Computed[] together = await Task.WhenAll(waiting);
        Assert.That(alone.Select(c => c.BatchSize), Is.All.LessThanOrEqualTo(3));
        Assert.That(together.Select(c => c.BatchSize), Is.All.InRange(4, 8));
        for (int i = 0; i < requests.Length; i++)
        {
            for (int output = 0; output < alone[i].Outputs.Count; output++)
            {
                Assert.That(together[i].Outputs[output].Shape, Is.EqualTo(alone[i].Outputs[output].Shape));
                if (model.Model.Outputs[output].DataType == TensorDataType.Fp32)
                {
                    Assert.That(together[i].Floats(output), Is.EqualTo(alone[i].Floats(output)).Within(1e-5f));
                }
                else
                {
                    Assert.That(together[i].Outputs[output].Data, Is.EqualTo(alone[i].Outputs[output].Data));
                }
            }
        }

        Assert.That(model.Served.Statistics.Read().ExecutionCount, Is.LessThan(40));
    }

    [Test]
    public async Task A_request_that_the_model_cannot_compute_fails_alone()
    {
        using TestModel model = new(Gather(), Batched);
        (long At, float Expected)[] rows = [(0, 10), (1, 11), (7, 0), (1, 11)];

        Task<Computed>[] waiting;
        using (HeldInstances.Of(model.Model))
        {
            waiting = [.. rows.Select(r => model.RunAsync(TestModel.Request(
                ("data", TensorDataType.Fp32, [1, 2], TestModel.Bytes(10f, 11f)),
                ("at", TensorDataType.Int64, [1, 1], TestModel.Bytes(r.At)))))];
        }

        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].At == 7)
            {
                ProtocolException refused = (await Assert.ThrowsAsync<ProtocolException>(() => waiting[i]))!;
                Assert.That(refused.Message, Does.StartWith("the model cannot compute these inputs: "));
            }
            else
            {
                Assert.That((await waiting[i]).Floats(0), Is.EqualTo(new[] { rows[i].Expected }));
            }
        }

        Assert.That(model.Model.Healthy, Is.True);
    }

    [Test]
    public async Task Requests_of_other_lengths_or_outputs_are_not_joined()
    {
        string path = OnnxFile.Write(
            _directory, "Add", [("a", OnnxFile.Float, ["n", "m"]), ("b", OnnxFile.Float, ["n", "m"])],
            [OnnxFile.Tensor("y", OnnxFile.Float, ["n", "m"])], ["y"]);
        using TestModel model = new(path, Batched);
        int[] lengths = [2, 3, 2, 3, 2];

        Task<Computed>[] waiting;
        using (HeldInstances.Of(model.Model))
        {
            waiting = [.. lengths.Select((m, i) => model.RunAsync(TestModel.Request(
                ("b", TensorDataType.Fp32, [1, m], TestModel.Bytes([.. Enumerable.Repeat(100f * i, m)])),
                ("a", TensorDataType.Fp32, [1, m], TestModel.Bytes([.. Enumerable.Range(0, m).Select(v => (float)v)])))))];
        }

        Computed[] computed = await Task.WhenAll(waiting);
        Assert.That(computed.Select(c => c.BatchSize), Is.EqualTo(new[] { 3, 2, 3, 2, 3 }));
        for (int i = 0; i < lengths.Length; i++)
        {
            Assert.That(computed[i].Outputs[0].Shape, Is.EqualTo(new long[] { 1, lengths[i] }));
            Assert.That(computed[i].Floats(0), Is.EqualTo(Enumerable.Range(0, lengths[i]).Select(v => v + (100f * i))));
        }
    }

    [Test]
    public async Task Strings_are_joined_and_split_too()
    {
        using TestModel model = new(OnnxFile.Identity(_directory, OnnxFile.String, "n", "2"), Batched);
        byte[][] texts = [[1, 0, 0, 0, (byte)'a', 0, 0, 0, 0], [3, 0, 0, 0, .. "bcd"u8, 2, 0, 0, 0, .. "ef"u8]];
        string[] json = ["\"a\",\"\"", "\"bcd\",\"ef\""];

        Task<Computed>[] waiting;
        using (HeldInstances.Of(model.Model))
        {
            waiting = [.. json.Select(t => model.RunAsync(InferRequestReader.Read(
                Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":[{{t}}]}]}"""),
                new ProtocolLimits())))];
        }

        Computed[] computed = await Task.WhenAll(waiting);
        Assert.That(computed.Select(c => c.BatchSize), Is.All.EqualTo(2));
        Assert.That(computed.Select(c => c.Outputs[0].Data), Is.EqualTo(texts));
    }

    [Test]
    public void A_model_that_mixes_rows_is_not_batched()
    {
        string path = OnnxFile.Write(
            _directory, "Softmax", [("x", OnnxFile.Float, ["n", "3"])], [OnnxFile.Tensor("y", OnnxFile.Float, ["n", "3"])],
            ["y"], [OnnxFile.Integer("axis", 0)]);
        using TestModel model = new(path, Batched);

        Assert.That(model.Model.Batching.Reason, Is.EqualTo("the model mixes rows: made-up rows come out differently together than alone"));
    }

    [Test]
    public async Task A_client_that_goes_while_it_waits_is_not_computed()
    {
        using TestModel model = new(DigitsModel, Batched);
        using CancellationTokenSource gone = new();
        Task<Computed> first, second;
        using (HeldInstances.Of(model.Model))
        {
            first = model.RunAsync(Image(1, 0), gone.Token);
            second = model.RunAsync(Image(1, 1));
            await gone.CancelAsync();
            Assert.That(model.Model.Scheduler.Waiting, Is.EqualTo(1));
        }

        await Assert.ThrowsAsync<OperationCanceledException>(() => first);
        Assert.That((await second).BatchSize, Is.EqualTo(1));
    }

    [Test]
    public async Task A_request_waits_no_longer_than_it_says()
    {
        using TestModel model = new(DigitsModel, Batched);
        using (HeldInstances.Of(model.Model))
        {
            InferRequest request = Image(1, 0);
            request.Parameters.Timeout = TimeSpan.FromMilliseconds(50);

            ProtocolException late = (await Assert.ThrowsAsync<ProtocolException>(() => model.RunAsync(request)))!;
            Assert.That(
                (late.StatusCode, late.Message),
                Is.EqualTo((504, "the request waited for 50 ms, its timeout, without being computed")));
            Assert.That(model.Model.Scheduler.Waiting, Is.Zero);
        }
    }

    [Test]
    public async Task More_urgent_requests_go_first()
    {
        LogicalTime time = new();
        using TestModel model = new(DigitsModel, new ExecutionOptions { Instances = 1, Batching = new() { MaxBatchSize = 0 } }, time);
        ulong[] priorities = [0, 20, 3, 0, 1];
        TimeSpan[] arrived = new TimeSpan[priorities.Length];
        Task<Computed>[] waiting = new Task<Computed>[priorities.Length];
        using (HeldInstances.Of(model.Model))
        {
            for (int i = 0; i < priorities.Length; i++)
            {
                InferRequest request = Image(1, i);
                request.Parameters.Priority = priorities[i];
                arrived[i] = time.Next;
                waiting[i] = model.RunAsync(request);
            }
        }

        Computed[] computed = await Task.WhenAll(waiting);
        Assert.That(computed.Select(c => c.BatchSize), Is.All.EqualTo(1));
        int[] order = [.. Enumerable.Range(0, priorities.Length).OrderBy(i => arrived[i] + computed[i].Queue)];
        Assert.That(order, Is.EqualTo(new[] { 4, 2, 0, 3, 1 }).AsCollection);
    }

    [Test]
    public async Task A_delay_holds_requests_back_until_a_preferred_size_is_there()
    {
        using TestModel model = new(DigitsModel, new ExecutionOptions
        {
            Instances = 1,
            Batching = new() { MaxBatchSize = 8, PreferredBatchSizes = [4], MaxQueueDelay = TimeSpan.FromSeconds(5) },
        });

        Computed[] computed = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => model.RunAsync(Image(1, i))));

        Assert.That(computed.Select(c => c.BatchSize), Is.All.EqualTo(4));
    }

    [Test]
    public async Task A_delay_that_is_over_lets_a_request_go_alone()
    {
        using TestModel model = new(DigitsModel, new ExecutionOptions
        {
            Instances = 1,
            Batching = new() { MaxBatchSize = 8, MaxQueueDelay = TimeSpan.FromMilliseconds(20) },
        });

        Assert.That((await model.RunAsync(Image(1, 0))).BatchSize, Is.EqualTo(1));
    }

    [Test]
    public async Task Of_more_than_may_wait_the_rest_is_told_to_come_again()
    {
        await using TestServer server =
            await TestServer.DigitsAsync(o => o with { Execution = new() { Batching = new() { MaxQueueSize = 1 } } });
        Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage Response)> waits;
        using (HeldInstances.Of(server))
        {
            waits = server.InferAsync(Digits.Request(0));
            Assert.That(
                () => server.Services.GetRequiredService<ModelRepository>().All[0].Require().Scheduler.Waiting,
                Is.EqualTo(1).After(5000, 10));
            (HttpStatusCode status, System.Text.Json.JsonElement body, HttpResponseMessage response) =
                await server.InferAsync(Digits.Request(1));

            Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(body.GetProperty("error").GetString(), Is.EqualTo("1 requests wait for the model already, the limit"));
            Assert.That(response.Headers.RetryAfter, Is.Not.Null);
        }

        Assert.That((await waits).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Under_many_clients_every_request_gets_its_own_answer()
    {
        using TestModel model = new(OnnxFile.Identity(_directory, OnnxFile.Float, "n", "4"), Batched with { Instances = 2 });

        await Parallel.ForAsync(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
        {
            int rows = 1 + (i % 3);
            float[] values = [.. Enumerable.Range(0, rows * 4).Select(v => (float)(i + v))];
            Computed computed = await model.RunAsync(TestModel.Floats("x", [rows, 4], values), token);
            Assert.That(computed.Floats(0), Is.EqualTo(values));
        });

        Assert.That(model.Model.Scheduler.Waiting, Is.Zero);
    }

    private string Gather() => OnnxFile.Write(
        _directory, "GatherElements", [("data", OnnxFile.Float, ["n", "2"]), ("at", OnnxFile.Int64, ["n", "1"])],
        [OnnxFile.Tensor("y", OnnxFile.Float, ["n", "1"])], ["y"], [OnnxFile.Integer("axis", 1)]);

    private static InferRequest Image(int rows, int from) => TestModel.Floats(
        "image", [rows, 64],
        [.. Enumerable.Range(from, rows)
            .SelectMany(i => Digits.All[i].Image.Trim('[', ']').Split(',').Select(v => float.Parse(v, CultureInfo.InvariantCulture)))]);
}
