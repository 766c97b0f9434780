namespace ModelOperator.Evidence;

/// <summary>
/// How the operator and the routers of a namespace show each other that they are: with a bearer token on requests to a router's admin port. It is
/// good for one router only, so that whoever gets the address of a router that is gone learns nothing that another one takes.
/// </summary>
public static class RouterToken
{
    private const string Purpose = "router";

    /// <summary>The token that a router takes.</summary>
    public static string For(string routerPod, NamespaceKeys keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Sign(Purpose, routerPod, now);
    }

    /// <summary>Whether a token is good for a router.</summary>
    public static bool IsFor(string routerPod, NamespaceKeys keys, string token)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.IsSigned(Purpose, routerPod, token);
    }
}
