using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client.Authentication;

/// <summary>Proof of who is calling. Never logged.</summary>
public sealed record Credential(string? BearerToken = null, ClientCertificate? Certificate = null)
{
    public override string ToString() => "Credential { … }";
}

/// <summary>Where credentials come from; they may change while the program runs.</summary>
public interface ICredentialSource
{
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The server answered 401 to a request sent at <paramref name="requestStarted"/> (a <see cref="TimeProvider.GetTimestamp"/>):
    /// credentials obtained before it are no good. Ones obtained since are kept, or many refused requests would each throw away the
    /// credentials the one before had just renewed.
    /// </summary>
    void Reject(long requestStarted);
}

/// <summary>No proof at all.</summary>
public sealed class AnonymousCredentials : ICredentialSource
{
    private static readonly Credential None = new();

    public static AnonymousCredentials Instance { get; } = new();

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(None);

    public void Reject(long requestStarted)
    {
        // There is nothing to throw away.
    }
}

/// <summary>Credentials that never change.</summary>
public sealed class FixedCredentials(Credential credential) : ICredentialSource
{
    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public void Reject(long requestStarted)
    {
        // There is nothing else to offer.
    }
}
