using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ModelOperator.Protocol;

namespace ModelOperator.Router.Forwarding;

/// <summary>Errors the router itself answers, in the protocol's form {"error": "..."}.</summary>
internal static class RouterError
{
    /// <summary>
    /// Answers, unless an answer is already under way. With <paramref name="retryAfterSeconds"/> the client is told to come again.
    /// </summary>
    public static Task WriteAsync(HttpContext context, int status, string message, int? retryAfterSeconds = null) => WriteAsync(
        context, status, message, HeaderNames.RetryAfter,
        retryAfterSeconds is { } seconds ? seconds.ToString(CultureInfo.InvariantCulture) : default(StringValues));

    /// <summary>Answers with a header that says what would be right, unless an answer is already under way.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string message, string header, StringValues value)
    {
        if (context.Response.HasStarted)
        {
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers[header] = value;

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new ErrorResponse(message), ProtocolJson.Default.ErrorResponse);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>A name a client sent, short enough to be shown.</summary>
    public static string Shown(string name) => name.Length <= 80 ? name : name[..80] + "...";
}
