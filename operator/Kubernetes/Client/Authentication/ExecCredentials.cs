using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client.Authentication;

/// <summary>
/// Credentials from a plugin program. However many calls wait for them, the program runs once; what it gives is used until it
/// expires or the server refuses it.
/// </summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider timeProvider) : ICredentialSource, IDisposable
{
    /// <summary>Credentials about to expire would be refused by the time they arrive.</summary>
    private static readonly TimeSpan ExpiryLeeway = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _single = new(1, 1);
    private volatile Issued? _issued;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        if (Current() is { } ready)
        {
            return ready;
        }

        await _single.WaitAsync(cancellationToken);
        try
        {
            if (Current() is { } meanwhile)
            {
                return meanwhile;
            }

            var obtainedAt = timeProvider.GetTimestamp();
            var status = await plugin.RunAsync(cancellationToken);
            _issued = new Issued(Read(status), status.ExpirationTimestamp, obtainedAt);
            return _issued.Credential;
        }
        finally
        {
            _single.Release();
        }
    }

    public void Reject(long requestStarted)
    {
        if (_issued is { } issued && issued.ObtainedAt <= requestStarted)
        {
            Interlocked.CompareExchange(ref _issued, null, issued);
        }
    }

    public void Dispose() => _single.Dispose();

    private Credential? Current() =>
        _issued is { } issued && (issued.Expires is null || timeProvider.GetUtcNow() + ExpiryLeeway < issued.Expires)
            ? issued.Credential
            : null;

    private Credential Read(ExecCredentialStatus status)
    {
        var certificate = (status.ClientCertificateData, status.ClientKeyData) switch
        {
            ({ Length: > 0 } pem, { Length: > 0 } key) => Pem.ReadClientCertificate(pem, key, $"exec plugin {plugin.Name}"),
            (null or "", null or "") => null,
            _ => throw new KubernetesConfigurationException(
                $"exec plugin {plugin.Name}: gave one of clientCertificateData and clientKeyData; both or neither are expected."),
        };
        return string.IsNullOrEmpty(status.Token) && certificate is null
            ? throw new KubernetesConfigurationException($"exec plugin {plugin.Name}: gave neither a token nor a client certificate.")
            : new Credential(string.IsNullOrEmpty(status.Token) ? null : status.Token, certificate);
    }

    private sealed record Issued(Credential Credential, DateTimeOffset? Expires, long ObtainedAt);
}
