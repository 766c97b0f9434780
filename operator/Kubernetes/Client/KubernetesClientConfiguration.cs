using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Client;

/// <summary>Which API server, how it is trusted and who is calling.</summary>
public sealed record KubernetesClientConfiguration
{
    /// <summary>Address of the API server, with the path it lives under if any.</summary>
    public required Uri Server { get; init; }

    /// <summary>How the server proves who it is.</summary>
    public ServerTrust Trust { get; init; } = new();

    /// <summary>Who is calling.</summary>
    public ICredentialSource Credentials { get; init; } = AnonymousCredentials.Instance;

    /// <summary>Whom the caller acts as; null as itself.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>
    /// A proxy for this server (http, https or socks5), with credentials if it wants them; null takes what the environment says.
    /// </summary>
    public Uri? Proxy { get; init; }

    /// <summary>Goes straight to the server whatever the environment says.</summary>
    public bool BypassProxy { get; init; }

    /// <summary>How long one call may take, its retries included. A watch must be answered in this time but may last longer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Names the program in the server's audit log, and, up to the first slash, in managedFields.</summary>
    public string UserAgent { get; init; } = ProgramIdentity.UserAgent;
}
