using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using ModelOperator.Testing;

namespace ModelOperator.Server.Tests.Rest;

public sealed class CompressionTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.DigitsAsync(o => o with { MaxBodyBytes = 1024 * 1024 });

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("gzip")]
    [TestCase("deflate")]
    [TestCase("GZIP")]
    [TestCase("x-gzip")]
    public async Task A_compressed_request_is_read(string encoding)
    {
        (HttpStatusCode status, JsonElement body, _) = await SendAsync(Compress(Digits.Request(0, 4), encoding), encoding);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Digits.Labels(body), Is.EqualTo(Digits.Labels((await _server.InferAsync(Digits.Request(0, 4))).Body)));
    }

    [TestCase("gzip")]
    [TestCase("deflate")]
    public async Task A_request_that_grows_over_the_limit_is_refused(string encoding)
    {
        byte[] bomb = Compress("{" + new string(' ', 64 * 1024 * 1024), encoding);
        Assert.That(bomb, Has.Length.LessThan(256 * 1024));

        (HttpStatusCode status, JsonElement body, _) = await SendAsync(bomb, encoding);

        Assert.That(status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo("the body is larger than 1048576 bytes, the limit"));
    }

    [TestCase("gzip", HttpStatusCode.BadRequest, "the body is not valid gzip, as its Content-Encoding says")]
    [TestCase("deflate", HttpStatusCode.BadRequest, "the body is not valid deflate, as its Content-Encoding says")]
    [TestCase("br", HttpStatusCode.UnsupportedMediaType, "Content-Encoding is 'br', expected gzip, deflate or identity")]
    [TestCase("gzip, gzip", HttpStatusCode.UnsupportedMediaType, "Content-Encoding is 'gzip, gzip', expected gzip, deflate or identity")]
    public async Task What_is_not_compressed_as_it_says_is_refused(string encoding, HttpStatusCode status, string message)
    {
        (HttpStatusCode answered, JsonElement body, _) = await SendAsync(Encoding.UTF8.GetBytes(Digits.Request(0)), encoding);

        Assert.That(answered, Is.EqualTo(status));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo(message));
    }

    [Test]
    public async Task A_dictionary_that_is_not_there_is_the_requests_fault()
    {
        // The header of zlib's format that asks for one.
        (HttpStatusCode status, JsonElement body, _) = await SendAsync([0x78, 0x20, 1, 2, 3, 4, 5, 6, 7], "deflate");

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(body.GetProperty("error").GetString(), Is.EqualTo("the body is not valid deflate, as its Content-Encoding says"));
    }

    [TestCase("gzip", "gzip")]
    [TestCase("deflate", "deflate")]
    [TestCase("br, gzip;q=0.2, deflate;q=0.8", "deflate")]
    [TestCase("gzip;q=0", null)]
    [TestCase("gzip;q=0.1, identity;q=1", null)]
    [TestCase("identity;q=0.5, gzip", "gzip")]
    [TestCase("gzip;q=0.5, identity;q=0.5", "gzip")]
    [TestCase("x-gzip", "gzip")]
    [TestCase("br", null)]
    [TestCase(null, null)]
    public async Task A_response_is_compressed_as_the_client_likes(string? accepts, string? encoding)
    {
        (HttpStatusCode status, JsonElement body, string? used) = await SendAsync(
            Encoding.UTF8.GetBytes(Digits.Request(0, 50)), null, accepts);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(used, Is.EqualTo(encoding));
        Assert.That(Digits.Labels(body), Has.Length.EqualTo(50));
    }

    [Test]
    public async Task A_small_response_is_not_worth_compressing()
    {
        (_, _, string? used) = await SendAsync(Encoding.UTF8.GetBytes(Digits.Request(0)), null, "gzip");

        Assert.That(used, Is.Null);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Encoding)> SendAsync(
        byte[] body, string? encoding, string? accepts = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "v2/models/digits/infer") { Content = new ByteArrayContent(body) };
        if (encoding is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        if (accepts is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
        }

        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        string? used = response.Content.Headers.ContentEncoding.SingleOrDefault();
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        await using Stream plain = used switch
        {
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        return (response.StatusCode, (await JsonDocument.ParseAsync(plain)).RootElement, used);
    }

    private static byte[] Compress(string text, string encoding)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        return encoding == "deflate" ? Compressed.Deflate(plain) : Compressed.Gzip(plain);
    }
}
