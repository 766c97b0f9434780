using System.Text.Json;

namespace ModelOperator.Router.Forwarding;

/// <summary>Errors the router itself answers, in the protocol's form {"error": "..."}.</summary>
internal static class ErrorResponse
{
    /// <param name="retryAfterSeconds">Tells the client to come again.</param>
    public static async Task WriteAsync(HttpContext context, int status, string message, int? retryAfterSeconds = null)
    {
        if (context.Response.HasStarted) return;
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString();

        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("error", message);
            json.WriteEndObject();
        }

        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    /// <summary>A name a client sent, short enough to be shown.</summary>
    public static string Shown(string name) => name.Length <= 80 ? name : name[..80] + "...";
}
