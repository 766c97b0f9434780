using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace ModelOperator.Server.Tests.Network;

/// <summary>Clients that break the rules of HTTP, against the real process, while others are served.</summary>
[NonParallelizable]
public sealed class HostileClientTests
{
    private ServerProcess _server = null!;
    private HttpClient _client = null!;
    private Uri _address = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v1.onnx"), "--port", "0",
            "--grpc-port", "-1", "--threads", "1",
            "--header-timeout-seconds", "1", "--max-body-mebibytes", "1", "--max-connections", "400",
            "--min-bytes-per-second", "1000", "--drain-seconds", "0");
        _client = await _server.ReadyAsync();
        _address = _client.BaseAddress!;
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [TearDown]
    public async Task Others_are_served_and_nothing_is_left_behind()
    {
        using StringContent body = new(Digits.Request(0), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync("v2/models/digits/infer", body);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            async () => await MetricAsync("model_server_admitted_requests"), Is.Zero.After(10_000, 100), "a request is still held");
        Assert.That(await _client.GetStringAsync("metrics"), Does.Not.Match("""model_server_http_requests_total\{code="5"""));
        Assert.That(_server.HasExited, Is.False);
    }

    private static IEnumerable<TestCaseData> BrokenRequests()
    {
        string body = Digits.Request(0);
        yield return Case("no length", "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\n\r\n", 400, 411);
        yield return Case("a length below zero", "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: -1\r\n\r\n", 400);
        yield return Case(
            "a length that is no number", "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: ten\r\n\r\n", 400);
        yield return Case(
            "a length over all numbers",
            "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 99999999999999999999\r\n\r\n",
            400);
        yield return Case(
            "a length over the limit", "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 1048577\r\n\r\n", 413);
        yield return Case(
            "two lengths", "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400);
        yield return Case(
            "a length that ends the JSON too early",
            "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 20\r\n\r\n" + body,
            400);
        yield return Case("a wrong length of the JSON part", RawConnection.Infer(body, "Inference-Header-Content-Length: 5\r\n"), 400);
        yield return Case("a JSON part longer than the body", RawConnection.Infer(body, "Inference-Header-Content-Length: 99999\r\n"), 400);
        yield return Case("a JSON part below zero", RawConnection.Infer(body, "Inference-Header-Content-Length: -5\r\n"), 400);
        yield return Case("a chunk whose size is no number", Chunked("zz\r\n{}\r\n0\r\n\r\n"), 400);
        yield return Case("a chunk whose size is over all numbers", Chunked("ffffffffffffffffff\r\n{}\r\n"), 400);
        yield return Case("a chunk that goes on", Chunked("2\r\n{}}}\r\n0\r\n\r\n"), 400);
        yield return Case("a chunk over the limit", Chunked("100001\r\n" + new string(' ', 0x100001) + "\r\n0\r\n\r\n"), 413);
        yield return Case("a chunk with an endless extension", Chunked("2;" + new string('e', 100_000) + "\r\n{}\r\n0\r\n\r\n"), 400);
        yield return Case("a body that is gzip by name only", RawConnection.Infer(body, "Content-Encoding: gzip\r\n"), 400);
        yield return Case("an unknown coding", RawConnection.Infer(body, "Content-Encoding: snappy\r\n"), 415);
        yield return Case("headers too large", RawConnection.Infer(body, $"X-Large: {new string('x', 20_000)}\r\n"), 431);
        yield return Case("headers too many", RawConnection.Infer(body, string.Concat(Enumerable.Repeat("X-Many: 1\r\n", 100))), 431);
        yield return Case("a path without end", $"GET /{new string('a', 100_000)} HTTP/1.1\r\nHost: d\r\n\r\n", 414);
        yield return Case("no host", "GET /v2 HTTP/1.1\r\n\r\n", 400);
        yield return Case("a header without a name", "GET /v2 HTTP/1.1\r\nHost: d\r\n: x\r\n\r\n", 400);
        yield return Case("a nul in a header", "GET /v2 HTTP/1.1\r\nHost: d\r\nX: a\0b\r\n\r\n", 400);
        yield return Case("a line feed folded", "GET /v2 HTTP/1.1\r\nHost: d\r\nX: a\r\n b\r\n\r\n", 400);
        yield return Case("another version", "GET /v2 HTTP/7.0\r\nHost: d\r\n\r\n", 505);
        yield return Case("another protocol", "SSH-2.0-OpenSSH_9.6\r\n\r\n", 400);
        yield return Case("TLS", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", 400);
        yield return Case("a path that climbs", "GET /v2/../../etc/passwd HTTP/1.1\r\nHost: d\r\n\r\n", 404);
        yield return Case("a path with broken escapes", "GET /v2/models/%ff%00%2e HTTP/1.1\r\nHost: d\r\n\r\n", 400, 404);

        static string Chunked(string chunks) =>
            "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
        static TestCaseData Case(string name, string request, params int[] statuses) =>
            new TestCaseData(request, statuses).SetName($"A request with {name} is refused");
    }

    [TestCaseSource(nameof(BrokenRequests))]
    public async Task Broken_requests_are_refused(string request, int[] statuses)
    {
        using RawConnection connection = await RawConnection.OpenAsync(_address);
        try
        {
            await connection.SendAsync(request);
        }
        catch (IOException)
        {
            // Refused and closed before all of it was sent.
        }

        RawAnswer? answer = await connection.ReceiveAsync();

        // Who sends on after the refusal may find the connection reset instead of the answer.
        Assert.That(
            answer is null && request.Length > 50_000 ? statuses[0] : answer?.Status, Is.AnyOf([.. statuses.Cast<object>()]), answer?.Body);
    }

    [Test]
    public async Task A_request_with_both_a_length_and_chunks_cannot_smuggle_another_one()
    {
        using RawConnection connection = await RawConnection.OpenAsync(_address);
        await connection.SendAsync(
            "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 4\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n0\r\n\r\nGET /v2 HTTP/1.1\r\nHost: d\r\n\r\n");

        RawAnswer? first = await connection.ReceiveAsync();

        Assert.That(first?.Status, Is.EqualTo(400));
        Assert.That(first!.Closes || await connection.ReceiveAsync() is null or { Status: 200 }, Is.True);
    }

    [Test]
    public async Task Headers_that_trickle_in_are_given_up()
    {
        Stopwatch watch = Stopwatch.StartNew();
        RawAnswer?[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using RawConnection connection = await RawConnection.OpenAsync(_address);
            await connection.SendAsync("POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\n");
            return await TrickleAsync(connection, "X-Slow: 1\r\n", watch);
        }));

        Assert.That(answers.Select(a => a?.Status ?? 408), Is.All.EqualTo(408));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(15)));
    }

    [Test]
    public async Task A_body_that_trickles_in_is_given_up()
    {
        Stopwatch watch = Stopwatch.StartNew();
        RawAnswer?[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using RawConnection connection = await RawConnection.OpenAsync(_address);
            await connection.SendAsync("POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 100000\r\n\r\n{");
            return await TrickleAsync(connection, " ", watch);
        }));

        Assert.That(answers.Select(a => a?.Status ?? 408), Is.All.EqualTo(408));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(25)));
    }

    [Test]
    public async Task Bodies_cut_short_leave_nothing_behind()
    {
        for (int i = 0; i < 100; i++)
        {
            using RawConnection connection = await RawConnection.OpenAsync(_address);
            await connection.SendAsync("POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 100000\r\n\r\n{\"inputs\":[");
            if (i % 2 == 0)
            {
                connection.Reset();
            }
        }
    }

    [Test]
    public async Task A_client_that_has_sent_all_and_only_listens_gets_its_answer_or_is_taken_as_gone()
    {
        using RawConnection connection = await RawConnection.OpenAsync(_address);
        await connection.SendAsync(RawConnection.Infer(Digits.Request(0)));
        connection.CloseSending();

        // Kestrel takes the end of what a client sends as the end of the client, unless the answer was there first.
        Assert.That((await connection.ReceiveAsync())?.Status, Is.Null.Or.EqualTo(200));
        Assert.That(await connection.ReceiveAsync(), Is.Null);
    }

    [Test]
    public async Task A_client_that_stops_in_the_middle_and_listens_is_refused_or_left()
    {
        using RawConnection connection = await RawConnection.OpenAsync(_address);
        await connection.SendAsync(RawConnection.Infer(Digits.Request(0))[..^10]);
        connection.CloseSending();

        Assert.That((await connection.ReceiveAsync())?.Status, Is.Null.Or.EqualTo(400));
    }

    [Test]
    public async Task Requests_sent_all_at_once_are_answered_in_their_order()
    {
        using RawConnection connection = await RawConnection.OpenAsync(_address);
        await connection.SendAsync(string.Concat(Enumerable.Range(0, 100)
            .Select(i => RawConnection.Infer(Digits.Request(0, id: $"p{i.ToString(CultureInfo.InvariantCulture)}")))));

        for (int i = 0; i < 100; i++)
        {
            RawAnswer? answer = await connection.ReceiveAsync();
            Assert.That(
                (answer?.Status, answer?.Body.Contains($"\"p{i.ToString(CultureInfo.InvariantCulture)}\"", StringComparison.Ordinal)),
                Is.EqualTo((200, true)));
        }
    }

    [Test]
    public async Task A_body_in_chunks_of_one_byte_is_read()
    {
        string body = Digits.Request(0);
        StringBuilder chunks = new("POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (char c in body)
        {
            chunks.Append("1\r\n").Append(c).Append("\r\n");
        }

        using RawConnection connection = await RawConnection.OpenAsync(_address);
        await connection.SendAsync(chunks.Append("0\r\n\r\n").ToString());

        Assert.That((await connection.ReceiveAsync())?.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task More_connections_than_allowed_are_closed_and_those_there_go_on()
    {
        using RawConnection served = await RawConnection.OpenAsync(_address);
        await served.SendAsync(RawConnection.Infer(Digits.Request(0)));
        Assert.That((await served.ReceiveAsync())?.Status, Is.EqualTo(200));
        int handles = _server.Handles;
        List<RawConnection> flood = [];
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                flood.Add(await RawConnection.OpenAsync(_address));
            }

            Assert.That(() => _server.Handles, Is.LessThan(handles + 450).After(5000, 50));
            await served.SendAsync(RawConnection.Infer(Digits.Request(0)));
            Assert.That((await served.ReceiveAsync())?.Status, Is.EqualTo(200));
        }
        finally
        {
            flood.ForEach(c => c.Dispose());
        }

        Assert.That(() => _server.Handles, Is.LessThan(handles + 50).After(10_000, 50), "handles of closed connections are kept");
        using RawConnection next = await RawConnection.OpenAsync(_address);
        await next.SendAsync(RawConnection.Infer(Digits.Request(0)));
        Assert.That((await next.ReceiveAsync())?.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Large_bodies_that_are_refused_leave_no_memory_behind()
    {
        byte[] body = new byte[1024 * 1024];
        Array.Fill(body, (byte)'[');
        await SendAsync(50);
        long before = _server.ResidentBytes;
        await SendAsync(300);

        Assert.That(_server.ResidentBytes - before, Is.LessThan(200L * 1024 * 1024));

        async Task SendAsync(int count) => await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, cancellationToken) =>
            {
                using ByteArrayContent content = new(body);
                using HttpResponseMessage response = await _client.PostAsync("v2/models/digits/infer", content, cancellationToken);
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            });
    }

    /// <summary>Sends a little every now and then until there is an answer or the connection is closed.</summary>
    private static async Task<RawAnswer?> TrickleAsync(RawConnection connection, string drop, Stopwatch watch)
    {
        Task<RawAnswer?> answer = connection.ReceiveAsync(TimeSpan.FromSeconds(30));
        while (!answer.IsCompleted && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            try
            {
                await connection.SendAsync(drop);
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(200));
        }

        return await answer;
    }

    private async Task<double> MetricAsync(string name)
    {
        string line = (await _client.GetStringAsync("metrics"))
            .Split('\n')
            .First(l => l.StartsWith(name, StringComparison.Ordinal) && !l.StartsWith('#'));
        return double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
    }
}
