using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client.Authentication;

/// <summary>A token in a file, as the kubelet projects it and renews it, and perhaps a certificate that never changes.</summary>
internal sealed class TokenFileCredentials(string path, ClientCertificate? certificate, TimeProvider timeProvider, ILogger logger)
    : ICredentialSource
{
    private readonly ReloadingFile<Credential> _file = new(path, content => Parse(content, path, certificate), timeProvider, logger);

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_file.Get());

    public void Reject(long requestStarted) => _file.DropOlderThan(requestStarted);

    private static Credential Parse(string content, string path, ClientCertificate? certificate)
    {
        var token = content.Trim();
        return token.Length > 0 && !token.AsSpan().ContainsAny(" \t\r\n")
            ? new Credential(token, certificate)
            : throw new KubernetesConfigurationException($"{path}: holds no token; one bearer token in one line is expected.");
    }
}

/// <summary>A client certificate and its key in two files, reread when they are replaced.</summary>
internal sealed class CertificateFileCredentials(string certificatePath, string keyPath, TimeProvider timeProvider, ILogger logger)
    : ICredentialSource
{
    private readonly ReloadingFile<Credential> _file = new(
        certificatePath,
        certificate => new Credential(Certificate: Pem.ReadClientCertificate(certificate, File.ReadAllText(keyPath), certificatePath)),
        timeProvider,
        logger);

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_file.Get());

    public void Reject(long requestStarted) => _file.DropOlderThan(requestStarted);
}
