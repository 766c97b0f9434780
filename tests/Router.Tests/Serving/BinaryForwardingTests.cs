using System.Net;
using System.Text;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>
/// The binary tensor extension through the router: bytes and headers pass unchanged, and the id is found before the bytes.
/// </summary>
public sealed class BinaryForwardingTests
{
    private const string Revision = "aaaaaaaaaa";
    private const string LengthHeader = "Inference-Header-Content-Length";

    [TestCase(64)]
    [TestCase(3_000_000)]
    public async Task Binary_tensors_pass_unchanged_in_both_directions(int length)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Revision);
        router.Route(new FeedbackRule(default, default, TakesClientIds: true), [new(Revision, 100)], pod.State());
        string? id = null, accepts = null, encoding = null;
        pod.BeforeAnswer = async context =>
        {
            id = context.Request.Headers["x-request-id"];
            accepts = context.Request.Headers.AcceptEncoding;
            encoding = context.Request.Headers.ContentEncoding;
            using MemoryStream received = new();
            await context.Request.Body.CopyToAsync(received);
            context.Response.ContentType = "application/octet-stream";
            context.Response.Headers[LengthHeader] = context.Request.Headers[LengthHeader];
            await context.Response.Body.WriteAsync(received.ToArray());
        };
        byte[] json = Encoding.UTF8.GetBytes(
            """{"id":"r-7","inputs":[{"name":"x","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":64}}]}""");
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        byte[] body = [.. json, .. data];
        using HttpRequestMessage request =
            new(HttpMethod.Post, new Uri(router.Host.TrafficAddress, "/v2/models/digits/infer")) { Content = new ByteArrayContent(body) };
        request.Headers.Add(LengthHeader, $"{json.Length}");
        request.Headers.Add("Accept-Encoding", "gzip, deflate");
        request.Content.Headers.Add("Content-Encoding", "identity");

        using HttpResponseMessage answer = await router.Client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Headers.GetValues(LengthHeader), Is.EqualTo([$"{json.Length}"]));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/octet-stream"));
        Assert.That((await answer.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body), Is.True);
        Assert.That((id, accepts, encoding), Is.EqualTo(("r-7", "gzip, deflate", "identity")));
    }
}
