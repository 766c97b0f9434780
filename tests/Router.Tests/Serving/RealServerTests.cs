using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ModelOperator.Evidence;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>The router in front of the real model server.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class RealServerTests
{
    private const string Stable = "aaaaaaaaaa", Canary = "bbbbbbbbbb";
    private static readonly string Request =
        $$"""{"inputs":[{"name":"image","shape":[2,64],"datatype":"FP32","data":[{{string.Join(',', Enumerable.Repeat("0.5", 128))}}]}]}""";

    [Test]
    public async Task Labels_outcomes_and_rewards_are_counted_for_the_revision_that_answered()
    {
        await using TestRouter router = await TestRouter.StartAsync(), other = await TestRouter.StartAsync();
        await using Server stable = await Server.StartAsync(), canary = await Server.StartAsync();
        foreach (TestRouter r in new[] { router, other })
        {
            r.Route([new(Stable, 50), new(Canary, 50)], stable.State("s", Stable), canary.State("c", Canary));
        }

        (string id, string revision, JsonNode answer) = await AskAsync(router);
        JsonNode labels = answer["outputs"]!.AsArray().Single(o => (string)o!["name"]! == "label")!["data"]!;
        (int status, JsonNode judged) = await other.FeedbackJsonAsync($$"""{"id":"{{id}}","truth":[{{labels[0]}},-1]}""");
        (_, JsonNode again) = await router.FeedbackJsonAsync($$"""{"id":"{{id}}","correct":true}""");
        (string rewarded, string second, _) = await AskAsync(router);
        (_, JsonNode reward) = await router.FeedbackJsonAsync($$"""{"id":"{{rewarded}}","reward":[0,1]}""");

        Assert.That(
            (status, (int)judged["correct"]!, (int)judged["incorrect"]!, (bool)judged["duplicate"]!),
            Is.EqualTo((200, 1, 1, false)));
        Assert.That(((int)again["correct"]!, (bool)again["duplicate"]!), Is.EqualTo((1, true)));
        Assert.That(((int)reward["correct"]!, (int)reward["incorrect"]!), Is.EqualTo((1, 1)));
        Dictionary<string, RevisionCounts> here = await router.CountsAsync(), there = await other.CountsAsync();
        Assert.That((there[revision].Correct, there[revision].Incorrect), Is.EqualTo((1, 1)));
        Assert.That((here[second].Correct, here[second].Incorrect), Is.EqualTo((1, 1)));
        Assert.That(here.Values.Sum(counts => counts.Predictions), Is.EqualTo(4), "two requests of two rows");
    }

    [Test]
    public async Task Another_tolerance_holds_at_once_and_restarts_nothing()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using Server server = await Server.StartAsync("--feedback-kind", "regression", "--feedback-output", "probabilities");
        PodState pod = server.State("s", Stable);
        RevisionWeight[] weights = [new(Stable, 100)];

        router.Route(new FeedbackRule(PredictionKind.Number, new Tolerance(1, 0)), weights, pod);
        (string id, _, JsonNode answer) = await AskAsync(router);
        string truth = new JsonArray(Rows(Off(answer, 0)), Rows(Off(answer, 0.5))).ToJsonString();
        (int status, JsonNode wide) = await router.FeedbackJsonAsync($$"""{"id":"{{id}}","truth":{{truth}}}""");

        router.Route(new FeedbackRule(PredictionKind.Number, new Tolerance(0.1, 0)), weights, pod);
        (id, _, _) = await AskAsync(router);
        (_, JsonNode narrow) = await router.FeedbackJsonAsync($$"""{"id":"{{id}}","truth":{{truth}}}""");

        Assert.That((status, (int)wide["correct"]!, (int)wide["incorrect"]!), Is.EqualTo((200, 2, 0)), wide.ToJsonString());
        Assert.That(((int)narrow["correct"]!, (int)narrow["incorrect"]!), Is.EqualTo((1, 1)));
    }

    [TestCase("0", false)]
    [TestCase("0", true)]
    [TestCase("0.00000000000000", false)]
    public async Task Every_answer_can_be_given_feedback_whatever_the_rows_the_size_and_the_coding_of_its_request(
        string number, bool isCompressed)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using Server server = await Server.StartAsync();
        router.Route([new(Stable, 100)], server.State("s", Stable));
        string numbers = string.Join(',', Enumerable.Repeat(number, 5000 * 64));
        byte[] body = Encoding.UTF8.GetBytes(
            $$"""{"inputs":[{"name":"image","shape":[5000,64],"datatype":"FP32","data":[{{numbers}}]}],"id":"mine"}""");
        using var content = new ByteArrayContent(isCompressed ? Compressed.Gzip(body) : body);
        if (isCompressed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using HttpResponseMessage answer = await router.Client.PostAsync(
            new Uri(router.Host.TrafficAddress, "/v2/models/digits/infer"), content);
        string id = answer.Headers.GetValues("x-prediction-id").Single();
        (int status, JsonNode judged) = await router.FeedbackJsonAsync($$"""{"id":"{{id}}","correct":true}""");

        Assert.That(((int)answer.StatusCode, status, (int?)judged["correct"]), Is.EqualTo((200, 200, 1)), judged.ToJsonString());
    }

    [Test]
    public async Task A_pod_with_keys_takes_feedback_from_the_routers_of_its_namespace_and_from_nobody_else()
    {
        await using TestRouter router = await TestRouter.StartAsync(),
            stranger = await TestRouter.StartAsync(o => o with { KeysFile = null });
        string keys = Path.GetTempFileName();
        await File.WriteAllBytesAsync(keys, router.Host.Keys.Current.OfInferencePods.ToText());
        await using Server server = await Server.StartAsync("s", keys, []);
        foreach (TestRouter r in new[] { router, stranger })
        {
            r.Route([new(Stable, 100)], server.State("s", Stable));
        }

        (string id, _, _) = await AskAsync(router);
        (string ofStranger, _, _) = await AskAsync(stranger);
        string feedback = $$"""{"id":"{{id}}","correct":false}""";

        foreach (string? token in new[] { null, "x", router.Host.Keys.TokenFor("s"), router.Host.Keys.TokenForInference("t") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + "/v2/models/digits/feedback")
            {
                Content = new StringContent(feedback),
            };
            if (token is not null)
            {
                request.Headers.Authorization = new("Bearer", token);
            }

            using HttpResponseMessage direct = await router.Client.SendAsync(request);
            Assert.That((int)direct.StatusCode, Is.EqualTo(401), token);
        }

        Assert.That((await stranger.FeedbackJsonAsync($$"""{"id":"{{ofStranger}}","correct":false}""")).Status, Is.EqualTo(503));
        (int status, JsonNode judged) = await router.FeedbackJsonAsync($$"""{"id":"{{id}}","correct":true}""");
        Assert.That((status, (int?)judged["correct"], (bool?)judged["duplicate"]), Is.EqualTo((200, 1, false)), judged.ToJsonString());
    }

    [Test]
    public async Task Pods_that_are_all_told_to_end_answer_every_request_until_a_new_one_is_ready()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using Server old = await Server.StartAsync("--drain-seconds", "30");
        RevisionWeight[] weights = [new(Stable, 100)];
        router.Route(weights, old.State("old", Stable));
        await AskAsync(router);

        old.Signal("TERM");
        router.Route(weights, old.State("old", Stable) with { Ready = false, Leaving = true });
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(7))
        {
            await AskAsync(router);
            await Task.Delay(50);
        }

        await using Server successor = await Server.StartAsync();
        Task load = Task.Run(async () =>
        {
            for (int i = 0; i < 60; i++)
            {
                await AskAsync(router);
                await Task.Delay(50);
            }
        });
        await Task.Delay(200);
        router.Route(weights, old.State("old", Stable) with { Ready = false, Leaving = true }, successor.State("new", Stable));
        await load;
        await old.EndedAsync();
        await AskAsync(router);
    }

    [Test]
    public async Task A_pod_that_is_stopped_is_seen_by_the_requests_that_its_clients_give_up()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using Server server = await Server.StartAsync();
        router.Route([new(Stable, 100)], server.State("s", Stable));
        await AskAsync(router);

        server.Signal("STOP");
        using (var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(500)))
        {
            using var content = new StringContent(Request);
            Assert.That(
                async () => await router.Client.PostAsync(
                    new Uri(router.Host.TrafficAddress, "/v2/models/digits/infer"), content, impatient.Token),
                Throws.InstanceOf<OperationCanceledException>());
        }

        await Eventually.TrueAsync(async () => (await router.CountsAsync())[Stable].Abandoned.Count == 1, "it is counted");
        server.Signal("CONT");
        await AskAsync(router);
        Assert.That((await router.CountsAsync())[Stable].Requests, Is.EqualTo(2));
    }

    private static JsonArray Rows(IEnumerable<double> numbers) => [.. numbers.Select(n => (JsonNode)n)];

    /// <summary>Ten probabilities, and how far the truth is to be from them.</summary>
    private static IEnumerable<double> Off(JsonNode answer, double distance) =>
        answer["outputs"]!.AsArray().Single(o => (string)o!["name"]! == "probabilities")!["data"]!
            .AsArray()
            .Take(10)
            .Select(p => (double)p! + distance);

    private static async Task<(string Id, string Revision, JsonNode Answer)> AskAsync(TestRouter router)
    {
        using HttpResponseMessage answer = await router.InferAsync(Request);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.That((int)answer.StatusCode, Is.EqualTo(200), body);
        return (
            answer.Headers.GetValues("x-request-id").Single(),
            answer.Headers.GetValues("x-model-revision").Single(),
            JsonNode.Parse(body)!);
    }

    /// <summary>The program, serving digits.</summary>
    private sealed class Server(Process process, int port) : IAsyncDisposable
    {
        public static Task<Server> StartAsync(params string[] arguments) => StartAsync(null, null, arguments);

        /// <summary>As the pod of that name, with the keys of a namespace.</summary>
        public static async Task<Server> StartAsync(string? pod, string? keysFile, string[] arguments)
        {
            var port = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            string model = Path.Combine(Repository.Root, "tests", "models", "digits-v1.onnx");
            var start = new ProcessStartInfo("dotnet", [
                Path.Combine(AppContext.BaseDirectory, "inference-runtime.dll"), "serve", "--model-name", "digits", "--model", model,
                "--port", "0", "--grpc-port", "0", .. arguments,
            ])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                Environment = { ["TERMINATION_LOG"] = "/nowhere/termination-log", ["POD_NAME"] = pod, ["INFERENCE_KEYS_FILE"] = keysFile },
            };
            var process = new Process { StartInfo = start, EnableRaisingEvents = true };
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data?.Split("Listening on port ") is [_, { } number])
                {
                    port.TrySetResult(int.Parse(number.Split(' ', ',')[0], CultureInfo.InvariantCulture));
                }
            };
            process.Exited += (_, _) => port.TrySetException(new InvalidOperationException("the server ended before it listened"));
            process.Start();
            process.BeginOutputReadLine();
            var server = new Server(process, await port.Task);
            using var client = new HttpClient();
            await Eventually.TrueAsync(
                async () => (await client.GetAsync($"http://127.0.0.1:{server.Port}/v2/health/ready")).IsSuccessStatusCode,
                "the server is ready");
            return server;
        }

        public string Address => $"http://127.0.0.1:{port}";

        private int Port => port;

        public PodState State(string name, string revision) =>
            new(name, $"uid-{name}", "digits", revision, $"127.0.0.1:{port}", Ready: true, Warm: true);

        public void Signal(string name) => Process.Start("kill", [$"-{name}", $"{process.Id}"]).WaitForExit();

        public Task EndedAsync() => process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
