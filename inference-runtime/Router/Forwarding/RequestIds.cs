using System.Buffers;
using System.Globalization;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Forwarding;

/// <summary>
/// Request ids. Those a router makes are REVISION.POD.RANDOM: any router can tell from them which pod remembers the
/// prediction, however long ago that was and whichever router made them.
/// </summary>
internal static class RequestIds
{
    /// <summary>Longest id, as the model server has it; those made here are less than 100 long.</summary>
    public const int MaxLength = 256;

    private const int RevisionLength = 10;
    private const int RandomLength = 16;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Make(PodEndpoint pod) => string.Create(
        CultureInfo.InvariantCulture, $"{pod.Revision}.{pod.Name}.{Random.Shared.NextInt64(long.MinValue, long.MaxValue):x16}");

    /// <summary>The revision and pod in an id a router made; null for an id a client made.</summary>
    public static (string Revision, string Pod)? Parse(string id)
    {
        int first = id.IndexOf('.');
        int last = id.LastIndexOf('.');
        if (first != RevisionLength || last <= first + 1 || id.Length - last - 1 != RandomLength) return null;
        return IsHex(id.AsSpan(0, first)) && IsHex(id.AsSpan(last + 1)) ? (id[..first], id[(first + 1)..last]) : null;
    }

    /// <summary>Whether an id can stand in a header: visible ASCII, not too long.</summary>
    public static bool FitsHeader(string id) => id.Length is > 0 and <= MaxLength && !id.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);
}
