using System.Net;
using System.Text.Json;

namespace ModelOperator.Server.Tests.Network;

/// <summary>What HTTP asks of every server.</summary>
public sealed class HttpRuleTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.DigitsAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("v2")]
    [TestCase("v2/health/live")]
    [TestCase("v2/health/ready")]
    [TestCase("v2/models/digits")]
    [TestCase("v2/models/digits/ready")]
    [TestCase("v2/models/digits/versions/1/ready")]
    [TestCase("v2/models/digits/config")]
    [TestCase("v2/models/stats")]
    public async Task HEAD_has_the_headers_of_GET_and_no_body(string path)
    {
        using HttpResponseMessage get = await _server.Client.GetAsync(path);
        using HttpRequestMessage request = new(HttpMethod.Head, path);
        using HttpResponseMessage head = await _server.Client.SendAsync(request);

        Assert.That((head.StatusCode, head.Content.Headers.ContentType), Is.EqualTo((HttpStatusCode.OK, get.Content.Headers.ContentType)));
        Assert.That(head.Content.Headers.ContentLength, Is.EqualTo(get.Content.Headers.ContentLength).And.GreaterThan(0));
        Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    [TestCase("GET /v2 HTTP/1.1\r\n\r\n", 400, "Request is missing Host header.")]
    [TestCase("GET /v2 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Multiple Host headers.")]
    [TestCase(
        "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400,
        "Multiple Content-Length headers.")]
    [TestCase("GET /v2 HTTP/7.0\r\nHost: d\r\n\r\n", 505, "Unrecognized HTTP version")]
    [TestCase("GET /v2 HTTP/1.1\r\nHost: d\r\nno colon\r\n\r\n", 400, "Invalid request header")]
    public async Task A_request_that_cannot_be_read_gets_the_protocols_error_body(string request, int status, string error)
    {
        using RawConnection connection = await RawConnection.OpenAsync(_server.Client.BaseAddress!);
        await connection.SendAsync(RawConnection.Infer(Digits.Request(0)));
        Assert.That((await connection.ReceiveAsync())?.Status, Is.EqualTo(200), "the connection is one that works");

        await connection.SendAsync(request);
        RawAnswer? answer = await connection.ReceiveAsync();

        Assert.That((answer?.Status, answer?.Closes), Is.EqualTo((status, true)));
        Assert.That(JsonDocument.Parse(answer!.Body).RootElement.GetProperty("error").GetString(), Does.StartWith(error));
        Assert.That(await connection.ReceiveAsync(), Is.Null, "nothing follows the refusal");
    }

    [Test]
    public async Task A_transfer_coding_that_is_not_undone_is_not_implemented()
    {
        string chunk = "POST /v2/models/digits/infer HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        using RawConnection connection = await RawConnection.OpenAsync(_server.Client.BaseAddress!);
        await connection.SendAsync(chunk);

        RawAnswer? answer = await connection.ReceiveAsync();

        Assert.That((answer?.Status, answer?.Closes), Is.EqualTo((501, true)));
        Assert.That(answer!.Body, Does.Contain("Transfer-Encoding is 'gzip, chunked', expected chunked"));
    }

    [Test]
    public async Task After_a_refused_expectation_the_connection_is_closed_and_no_body_is_taken_for_a_request()
    {
        using RawConnection connection = await RawConnection.OpenAsync(_server.Client.BaseAddress!);
        await connection.SendAsync("POST /v2/models/other/infer HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 29\r\n\r\n");
        RawAnswer? refused = await connection.ReceiveAsync();
        try
        {
            await connection.SendAsync("GET /v2 HTTP/1.1\r\nHost: d\r\n\r\nGET /v2 HTTP/1.1\r\nHost: d\r\n\r\n");
        }
        catch (IOException)
        {
            // Closed already.
        }

        Assert.That((refused?.Status, refused?.Closes), Is.EqualTo((404, true)));
        Assert.That(await connection.ReceiveAsync(), Is.Null);
    }
}
