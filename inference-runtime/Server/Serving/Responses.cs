using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Serving;

/// <summary>Writes answers whole, with their length.</summary>
internal static class Responses
{
    /// <summary>Quotes in messages stay readable: the answers are JSON documents, never parts of pages.</summary>
    private static readonly ProtocolJson Readable = new(new JsonSerializerOptions(ProtocolJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(value, type), status);

    public static Task ErrorAsync(HttpContext context, int status, string message)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        if (context.Request.Headers.Expect.Count > 0)
        {
            // A client that asked whether to send the body may send it all the same or not, so nobody can tell where its next request
            // begins.
            context.Response.Headers.Connection = "close";
        }

        return WriteAsync(context, new ErrorResponse(message), Readable.ErrorResponse, status);
    }

    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }
}
