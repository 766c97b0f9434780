using System.Net;
using System.Text.Json;
using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Makes exceptions of refusals.</summary>
internal static class StatusReader
{
    private const int MaxBytes = 1 << 20;

    public static async Task<KubernetesException> ReadAsync(
        ApiRequest request, HttpResponseMessage response, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var status = await ReadDocumentAsync(response, cancellationToken);
        return ToException(
            status,
            response.StatusCode,
            $"{request.Method} {request.Path}: {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(),
            RetryAfter(response, timeProvider));
    }

    /// <summary>The object of a watch's ERROR event.</summary>
    public static KubernetesException FromEvent(ReadOnlySpan<byte> json) =>
        ToException(Parse(json), HttpStatusCode.InternalServerError, "The watch was ended by an error of unknown kind.", null);

    private static KubernetesException ToException(
        StatusDocument? status, HttpStatusCode fallbackCode, string fallbackMessage, TimeSpan? retryAfter)
    {
        var code = status?.Code is { } given and > 0 ? (HttpStatusCode)given : fallbackCode;
        return new KubernetesException(
            code,
            status?.Reason is { Length: > 0 } reason ? reason : code.ToString(),
            status?.Message is { Length: > 0 } message ? message : fallbackMessage,
            retryAfter ?? (status?.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null))
        {
            IsNamespaceTerminating = code == HttpStatusCode.Forbidden && IsNamespaceTerminating(status),
        };
    }

    // Older servers have it in the message alone.
    private static bool IsNamespaceTerminating(StatusDocument? status) =>
        status?.Details?.Causes?.Exists(cause => cause.Reason == "NamespaceTerminating") == true
        || status?.Message?.Contains("because it is being terminated", StringComparison.Ordinal) == true;

    private static async Task<StatusDocument?> ReadDocumentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await LimitedBody.ReadAsync(response, MaxBytes, cancellationToken);
            return Parse(body.Span);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            // The refusal stands, with or without its text.
            return null;
        }
    }

    private static StatusDocument? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, WireJsonContext.Default.StatusDocument) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            // Proxies answer in HTML.
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - timeProvider.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };
}
