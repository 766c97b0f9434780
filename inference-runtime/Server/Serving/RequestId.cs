using System.Security.Cryptography;

namespace ModelOperator.Server.Serving;

/// <summary>The name under which a request's predictions are remembered.</summary>
internal static class RequestId
{
    public const string Header = "x-request-id";

    /// <summary>The header's id, which routers set; failing that the body's; failing that a new one.</summary>
    public static string Choose(HttpRequest request, string? bodyId) =>
        request.Headers[Header] is [{ Length: > 0 } header] ? header : bodyId is { Length: > 0 } ? bodyId : New();

    /// <summary>Tells the client an id that it did not send as a header itself, if a header can carry it.</summary>
    public static void Tell(HttpContext context, string id)
    {
        if (!context.Request.Headers.ContainsKey(Header) && !id.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            context.Response.Headers[Header] = id;
        }
    }

    /// <summary>An id that nobody can guess: who holds it may say what became of the answer.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
