using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Reads the Secrets with what sources ask for, anew for every question, so that a new token is in force with the next one.
/// </summary>
internal sealed class SourceSecrets(IKubernetesClient client)
{
    /// <summary>Null when no Secret is named; a <see cref="SourceException"/> says why one cannot be used.</summary>
    public async Task<SourceCredentials?> ReadAsync(
        string @namespace, LocalSecretReference? reference, string address, CancellationToken cancellationToken)
    {
        if (reference is null)
        {
            return null;
        }

        Secret? secret;
        try
        {
            secret = await client.GetAsync(Resources.Secrets, @namespace, reference.Name, cancellationToken);
        }
        catch (KubernetesException e)
        {
            throw new SourceException($"Secret {reference.Name} cannot be read: {e.Message}", e);
        }

        return secret is null
            ? throw new SourceException($"there is no Secret {reference.Name} in namespace {@namespace}, which credentialsSecretRef names")
            : SourceCredentials.Read(secret, new Uri(address));
    }
}
