using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>Asks the server what it is and what it serves.</summary>
internal static class CapabilitiesReader
{
    private const int MaxBytes = 8 << 20;

    public static async Task<ServerCapabilities> ReadAsync(ApiCaller caller, CancellationToken cancellationToken)
    {
        var json = WireJsonContext.Default;
        var version = await GetAsync(caller, "version", json.VersionDocument, cancellationToken);
        var core = await GetAsync(caller, "api", json.ApiVersionsDocument, cancellationToken);
        var groups = await GetAsync(caller, "apis", json.ApiGroupListDocument, cancellationToken);
        return new ServerCapabilities(
            Number(version.Major),
            Number(version.Minor),
            (core.Versions ?? [])
                .Concat((groups.Groups ?? []).SelectMany(g => g.Versions ?? []).Select(v => v.GroupVersion))
                .ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Vendors write such as "28+".</summary>
    private static int Number(string text)
    {
        var digits = text.AsSpan(0, text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"The server's version is '{text}'; a number is expected.");
    }

    private static Task<TDocument> GetAsync<TDocument>(
        ApiCaller caller, string path, JsonTypeInfo<TDocument> typeInfo, CancellationToken cancellationToken) =>
        caller.CallAsync(
            new ApiRequest(HttpMethod.Get, path) { IsIdempotent = true },
            async (response, token) =>
            {
                var body = await LimitedBody.ReadAsync(response, MaxBytes, token);
                try
                {
                    return JsonSerializer.Deserialize(body.Span, typeInfo) ?? throw new JsonException("null is not an object.");
                }
                catch (JsonException e)
                {
                    throw new InvalidDataException($"The server's answer to GET /{path} cannot be read: {e.Message}", e);
                }
            },
            cancellationToken);
}
