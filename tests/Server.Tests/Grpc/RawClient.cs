using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace ModelOperator.Server.Tests.Grpc;

/// <summary>Calls methods byte by byte, so that it can do what no client would.</summary>
internal sealed class RawClient(string address) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{address}/") };

    public sealed record Answer(
        HttpStatusCode Http,
        StatusCode? Status,
        string? Message,
        List<(bool Compressed, byte[] Payload)> Messages,
        HttpResponseMessage Response);

    public static HttpRequestMessage Request(string path, HttpContent content, params (string Name, string Value)[] headers)
    {
        content.Headers.ContentType ??= new MediaTypeHeaderValue("application/grpc");
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public Task<Answer> CallAsync(string path, byte[] body, params (string Name, string Value)[] headers) =>
        CallAsync(Request(path, new ByteArrayContent(body), headers));

    public async Task<Answer> CallAsync(HttpRequestMessage request)
    {
        using HttpRequestMessage sent = request;
        HttpResponseMessage response = await _client.SendAsync(sent);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        HttpHeaders status = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        return new Answer(
            response.StatusCode,
            status.TryGetValues("grpc-status", out IEnumerable<string>? codes) ? (StatusCode)int.Parse(codes.Single()) : null,
            status.TryGetValues("grpc-message", out IEnumerable<string>? messages) ? Uri.UnescapeDataString(messages.Single()) : null,
            Frames.Parse(body),
            response);
    }

    public Task<HttpResponseMessage> StartAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => _client.Dispose();
}
