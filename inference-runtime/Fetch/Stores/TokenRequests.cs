using System.Net;
using System.Text.Json;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>Asks services for tokens.</summary>
internal static class TokenRequests
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private static readonly TimeSpan StandardLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Sends a request, again when it fails for a reason that may pass, and returns the answer's body.</summary>
    public static Task<byte[]> SendAsync(
        StoreContext context, HttpClient http, Func<HttpRequestMessage> request, CancellationToken cancellationToken) =>
        context.Tries.RunAsync(
            "a token",
            async stall =>
            {
                using HttpRequestMessage message = request();
                using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stall.Token);
                return response.StatusCode == HttpStatusCode.OK
                    ? await BoundedBody.ReadAsync(response, MaxAnswerBytes, stall.Token)
                    : throw await FailureAsync(message.RequestUri!, response, stall.Token);
            },
            cancellationToken);

    /// <summary>Reads the answer of an OAuth 2 token service, or of a registry's.</summary>
    public static Token Parse(byte[] answer, string service)
    {
        try
        {
            TokenAnswer? token = JsonSerializer.Deserialize(answer, StoreJson.Default.TokenAnswer);
            return (token?.AccessToken ?? token?.Token) is { Length: > 0 } text && text.All(c => c is > ' ' and < '\x7f')
                ? new Token(
                    text, token!.ExpiresIn is > 0 and < 1_000_000 and var seconds ? TimeSpan.FromSeconds(seconds) : StandardLifetime)
                : throw NoToken(service, null);
        }
        catch (JsonException e)
        {
            throw NoToken(service, e);
        }
    }

    private static TerminatingException NoToken(string service, Exception? inner) =>
        new(FailureReasons.ModelDownloadFailed, $"{service} answers with no token", inner!);

    private static async Task<Exception> FailureAsync(Uri service, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string code = await StoreErrors.CodeAsync(response, cancellationToken) is { } told ? $" ({told})" : "";
        string answer = $"{service.GetLeftPart(UriPartial.Path)} answers {(int)response.StatusCode}{code} when asked for a token";
        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500
            ? new TransientDownloadException(answer)
            : new TerminatingException(FailureReasons.CredentialsMissing, answer);
    }
}
