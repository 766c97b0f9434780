using System.Runtime.InteropServices;

namespace ModelOperator.Router.Forwarding;

/// <summary>What a request asks for.</summary>
internal enum RequestKind
{
    /// <summary>What no router passes on: a pod's metrics, its repository, and whatever else a server may have.</summary>
    NotServed,

    /// <summary>Metadata, health and the like: forwarded, not counted. Only to be read.</summary>
    Read,
    Infer,
    Feedback,
}

/// <summary>
/// A path that routers serve. It is compared as model servers compare: by segments, whatever their case, with or without a slash at the
/// end. All else is kept from pods.
/// </summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Model">The model in the path; null when there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ServedPath(RequestKind Kind, string? Model)
{
    private const int MostSegments = 6;

    public static ServedPath Of(string path)
    {
        Span<Range> parts = stackalloc Range[MostSegments + 2];
        ReadOnlySpan<char> text = path.EndsWith('/') ? path.AsSpan(0, path.Length - 1) : path;
        int count = text.Split(parts, '/');
        if (count < 2 || count > MostSegments + 1 || !text[parts[0]].IsEmpty || !Is(text[parts[1]], "v2"))
        {
            return default;
        }

        if (count == 2)
        {
            return new ServedPath(RequestKind.Read, null);
        }

        if (Is(text[parts[2]], "health"))
        {
            return count == 4 && (Is(text[parts[3]], "live") || Is(text[parts[3]], "ready"))
                ? new ServedPath(RequestKind.Read, null)
                : default;
        }

        if (!Is(text[parts[2]], "models") || count == 3)
        {
            return default;
        }

        string model = text[parts[3]].ToString();
        int next = 4;
        if (count > next && Is(text[parts[next]], "versions"))
        {
            if (count == ++next || !IsNumber(text[parts[next++]]))
            {
                return new ServedPath(RequestKind.NotServed, model);
            }
        }

        return new ServedPath(
            count == next ? RequestKind.Read : count == next + 1 ? KindOf(text[parts[next]]) : RequestKind.NotServed, model);
    }

    /// <summary>Whether it may be asked for by this method.</summary>
    public bool Takes(string method) => Kind switch
    {
        RequestKind.Read => HttpMethods.IsGet(method) || HttpMethods.IsHead(method),
        RequestKind.Infer or RequestKind.Feedback => HttpMethods.IsPost(method),
        _ => false,
    };

    private static RequestKind KindOf(ReadOnlySpan<char> segment) =>
        Is(segment, "infer") ? RequestKind.Infer
        : Is(segment, "feedback") ? RequestKind.Feedback
        : Is(segment, "ready") || Is(segment, "config") || Is(segment, "stats") ? RequestKind.Read
        : RequestKind.NotServed;

    private static bool Is(ReadOnlySpan<char> segment, string name) => segment.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsNumber(ReadOnlySpan<char> segment) => !segment.IsEmpty && !segment.ContainsAnyExceptInRange('0', '9');
}
