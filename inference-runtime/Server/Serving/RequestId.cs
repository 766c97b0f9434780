using System.Globalization;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Serving;

/// <summary>The name under which a request's predictions are remembered.</summary>
internal static class RequestId
{
    public const string Header = "x-request-id";

    private const int HexDigits = 16;

    private static readonly string Process = SipHash.Random().Of("").ToString("x16", CultureInfo.InvariantCulture);

    // Each thread takes as many numbers at once.
    private const ulong Block = 1024;
    private static ulong _taken;
    [ThreadStatic]
    private static ulong _next;

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

    /// <summary>Unique by the process's own random number and, within it, by counting.</summary>
    public static string New() => string.Create(2 * HexDigits, Number(), static (text, number) =>
    {
        Process.CopyTo(text);
        for (int at = text.Length - 1; at >= HexDigits; at--)
        {
            text[at] = "0123456789abcdef"[(int)(number & 15)];
            number >>= 4;
        }
    });

    private static ulong Number()
    {
        if (_next % Block == 0)
        {
            _next = Interlocked.Add(ref _taken, Block) - Block;
        }

        return _next++;
    }
}
