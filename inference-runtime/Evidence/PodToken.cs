namespace ModelOperator.Evidence;

/// <summary>
/// How the operator and the routers of a namespace show a pod who they are: with a bearer token on requests to a router's admin port, and
/// on feedback to an inference pod. It is good for one pod only, so that whoever gets the address of a pod that is gone learns nothing that
/// another one takes.
/// </summary>
public static class PodToken
{
    private const string Purpose = "router", Scheme = "Bearer ";

    /// <summary>The token that a pod takes.</summary>
    public static string For(string pod, NamespaceKeys keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Sign(Purpose, pod, now);
    }

    /// <summary>Whether the header Authorization of a request to a pod has a token that is good for it.</summary>
    public static bool IsIn(string? authorization, string pod, NamespaceKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return authorization is not null
            && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && keys.IsSigned(Purpose, pod, authorization[Scheme.Length..]);
    }
}
