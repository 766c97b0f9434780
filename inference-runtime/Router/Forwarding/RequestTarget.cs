using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Forwarding;

/// <summary>The model a request is for: by the host it was sent to, failing that by its path.</summary>
/// <param name="Model">The route, or null when there is no such model.</param>
/// <param name="Asked">The name asked for; null when neither host nor path names a model.</param>
/// <param name="Path">What is asked of it.</param>
internal readonly record struct RequestTarget(ModelRoute? Model, string? Asked, ServedPath Path)
{
    public static RequestTarget Of(RoutingSnapshot snapshot, string @namespace, string host, string path)
    {
        var served = ServedPath.Of(path);
        ModelRoute? byHost = snapshot.Find(ModelInHost(host, @namespace));
        if (byHost is null)
        {
            return new RequestTarget(snapshot.Find(served.Model), served.Model, served);
        }

        // The address is one model's own: another name in the path is a mistake of the client, not a model to look for.
        bool consistent = served.Model is null || served.Model == byHost.Name;
        return new RequestTarget(consistent ? byHost : null, served.Model ?? byHost.Name, served);
    }

    /// <summary>digits, digits.ns, digits.ns.svc and digits.ns.svc.DOMAIN, with or without a port and a final dot; else null.</summary>
    internal static string? ModelInHost(string host, string @namespace)
    {
        ReadOnlySpan<char> name = host;
        int colon = name.LastIndexOf(':');
        if (colon >= 0)
        {
            name = name[..colon];
        }

        name = name.TrimEnd('.');
        int dot = name.IndexOf('.');
        if (dot < 0)
        {
            return name.IsEmpty ? null : name.ToString();
        }

        ReadOnlySpan<char> rest = name[(dot + 1)..];
        if (!rest.StartsWith(@namespace))
        {
            return null;
        }

        rest = rest[@namespace.Length..];
        bool isService = rest.IsEmpty || rest is ".svc" || rest.StartsWith(".svc.");
        return isService ? name[..dot].ToString() : null;
    }
}
