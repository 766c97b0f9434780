using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Forwarding;

/// <summary>What a request asks of which model.</summary>
internal enum RequestKind
{
    /// <summary>Metadata, health and the like: forwarded, not counted.</summary>
    Other,
    Infer,
    Feedback,
}

/// <summary>The model a request is for: by the host it was sent to, failing that by its path.</summary>
/// <param name="Model">The route, or null when there is no such model.</param>
/// <param name="Asked">The name asked for; null when neither host nor path names a model.</param>
/// <param name="Kind">What is asked of it.</param>
internal readonly record struct RequestTarget(ModelRoute? Model, string? Asked, RequestKind Kind)
{
    private const string ModelsPrefix = "/v2/models/";

    public static RequestTarget Of(RoutingSnapshot snapshot, string @namespace, string method, string host, string path)
    {
        string? inPath = null;
        var kind = RequestKind.Other;
        if (path.StartsWith(ModelsPrefix, StringComparison.Ordinal))
        {
            ReadOnlySpan<char> rest = path.AsSpan(ModelsPrefix.Length);
            int slash = rest.IndexOf('/');
            inPath = (slash < 0 ? rest : rest[..slash]).ToString();
            if (slash >= 0 && method == "POST") kind = KindOf(rest[(slash + 1)..]);
        }

        ModelRoute? byHost = snapshot.Find(ModelInHost(host, @namespace));
        if (byHost is null) return new RequestTarget(snapshot.Find(inPath), inPath, kind);

        // The address is one model's own: another name in the path is a mistake of the client, not a model to look for.
        bool consistent = inPath is null || inPath == byHost.Name;
        return new RequestTarget(consistent ? byHost : null, inPath ?? byHost.Name, kind);
    }

    private static RequestKind KindOf(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("versions/") && rest.Count('/') == 2) rest = rest[(rest.LastIndexOf('/') + 1)..];
        return rest switch
        {
            "infer" => RequestKind.Infer,
            "feedback" => RequestKind.Feedback,
            _ => RequestKind.Other,
        };
    }

    /// <summary>digits, digits.ns, digits.ns.svc and digits.ns.svc.DOMAIN, with or without a port and a final dot; else null.</summary>
    internal static string? ModelInHost(string host, string @namespace)
    {
        ReadOnlySpan<char> name = host;
        int colon = name.LastIndexOf(':');
        if (colon >= 0) name = name[..colon];
        name = name.TrimEnd('.');
        int dot = name.IndexOf('.');
        if (dot < 0) return name.IsEmpty ? null : name.ToString();

        ReadOnlySpan<char> rest = name[(dot + 1)..];
        if (!rest.StartsWith(@namespace)) return null;
        rest = rest[@namespace.Length..];
        bool isService = rest.IsEmpty || rest is ".svc" || rest.StartsWith(".svc.");
        return isService ? name[..dot].ToString() : null;
    }
}
