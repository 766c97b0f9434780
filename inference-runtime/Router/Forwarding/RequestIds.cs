namespace ModelOperator.Router.Forwarding;

/// <summary>Request ids that clients make.</summary>
internal static class RequestIds
{
    /// <summary>Longest id, as the model server has it.</summary>
    public const int MaxLength = 256;

    /// <summary>Whether an id can stand in a header: visible ASCII, not too long.</summary>
    public static bool FitsHeader(string id) => id.Length is > 0 and <= MaxLength && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}
