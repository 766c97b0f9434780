using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ModelOperator.Analysis;

namespace ModelOperator.Controller.Sources;

/// <summary>Asks a webhook what it thinks of a canary. Only a 200 that says so in so many words is a verdict.</summary>
internal sealed class WebhookClient(SourceHttp http)
{
    /// <summary>The answer; a <see cref="SourceException"/> says why there is none.</summary>
    public async Task<VerdictMessage> AskAsync(
        string url, WebhookCall call, TimeSpan limit, CancellationToken cancellationToken, SourceCredentials? credentials = null)
    {
        var uri = new Uri(url);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(call, WebhookJson.Default.WebhookCall);
        (HttpStatusCode status, byte[] answer) = await http.SendAsync(() => Post(uri, body), limit, cancellationToken, credentials);
        return Read(status, answer);
    }

    private static HttpRequestMessage Post(Uri uri, byte[] body) => new(HttpMethod.Post, uri)
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };

    private static VerdictMessage Read(HttpStatusCode status, byte[] body)
    {
        if (status != HttpStatusCode.OK)
        {
            throw new SourceException(
                (int)status is >= 300 and < 400
                    ? $"it answers {(int)status}, a redirect, which is not followed: write the address it redirects to"
                    : $"it answers {(int)status}; want 200");
        }

        if (body.Length == 0)
        {
            return new VerdictMessage(Verdict.Safe, Message: null);
        }

        return VerdictMessage.Parse(body, out string? problem) ?? throw new SourceException($"its answer is not a verdict: {problem}");
    }
}
