using System.Net;
using System.Net.Http.Headers;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>Sends a request once and looks at the answer: what is fast must be right as well.</summary>
internal static class PayloadCheck
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };

    public static async Task<byte[]> RequireAnswerAsync(PinnedServer server, Payload payload)
    {
        bool isGrpc = payload.Transport == Transport.Grpc;
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://{(isGrpc ? server.GrpcEndpoint : server.Endpoint)}{payload.Path}")
        {
            Content = new ByteArrayContent(payload.Body),
            Version = isGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach ((string name, string value) in payload.Headers)
        {
            if (name == "Content-Type")
            {
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        string? status = isGrpc ? Trailer(response) : "0";
        return response.IsSuccessStatusCode && status == "0"
            ? body
            : throw new InvalidOperationException(
                $"{server.Name}, {payload.Name}: status {(int)response.StatusCode}, grpc-status {status}: "
                + $"{System.Text.Encoding.UTF8.GetString(body)}");
    }

    private static string? Trailer(HttpResponseMessage response) =>
        (response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values
            : response.Headers.TryGetValues("grpc-status", out values) ? values : [null!]).First();
}
