using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Authentication;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Plays the API server: answers the calls in turn and remembers them.</summary>
internal sealed class ScriptedServer(params Func<SentRequest, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<SentRequest> _requests = [];

    public IReadOnlyList<SentRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    public KubernetesClient Client(TimeProvider? timeProvider = null, ICredentialSource? credentials = null) => new(
        new KubernetesClientConfiguration
        {
            Server = new Uri("https://server.test/base"),
            Credentials = credentials ?? AnonymousCredentials.Instance,
            UserAgent = "tests/1.0",
        },
        timeProvider ?? TimeProvider.System,
        NullLogger<KubernetesClient>.Instance,
        this);

    public static Func<SentRequest, HttpResponseMessage> Json(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        _ => new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public static Func<SentRequest, HttpResponseMessage> Refusal(HttpStatusCode status, string reason = "", int? retryAfter = null) => _ =>
    {
        var response =
            Json($$"""{"kind":"Status","code":{{(int)status}},"reason":"{{reason}}","message":"refused: {{reason}}"}""", status)(_);
        if (retryAfter is not null)
        {
            response.Headers.Add("Retry-After", $"{retryAfter}");
        }

        return response;
    };

    public static Func<SentRequest, HttpResponseMessage> Fails(Exception exception) => _ => throw exception;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = new SentRequest(
            request.Method,
            request.RequestUri!,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Content?.Headers.ContentType?.MediaType,
            request.Headers.Authorization?.ToString());
        int index;
        lock (_lock)
        {
            index = _requests.Count;
            _requests.Add(sent);
        }

        return index < answers.Length
            ? answers[index](sent)
            : throw new InvalidOperationException($"Call {index + 1} was not expected: {sent.Method} {sent.Uri}");
    }
}

internal sealed record SentRequest(HttpMethod Method, Uri Uri, string Body, string? ContentType, string? Authorization);
