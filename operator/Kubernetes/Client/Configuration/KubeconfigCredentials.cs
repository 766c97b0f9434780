using System.Text;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Authentication;
using YamlDotNet.RepresentationModel;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>What a kubeconfig's user proves itself with. A token file beats a token, data beats files, as in kubectl.</summary>
internal sealed class KubeconfigCredentials(KubeconfigEntry user, KubeconfigEntry cluster, TimeProvider timeProvider, ILogger logger)
{
    public ICredentialSource Resolve()
    {
        if (user.Fields.Map("exec") is { } exec)
        {
            return new ExecCredentials(new ExecPlugin(Exec(exec), timeProvider), timeProvider);
        }

        if (user.Fields.Child("auth-provider") is not null)
        {
            throw user.Wrong("auth-provider", "is no longer supported by Kubernetes; an exec plugin is expected in its place");
        }

        if (user.Text("username") is not null || user.Text("password") is not null)
        {
            throw user.Wrong(
                "username",
                "is basic authentication, which Kubernetes no longer has; a token, a client certificate or an exec plugin is expected");
        }

        if (user.PathOf("tokenFile") is { } tokenFile)
        {
            return new TokenFileCredentials(tokenFile, Certificate(), timeProvider, logger);
        }

        if (user.Text("token") is { } token)
        {
            return new FixedCredentials(new Credential(token, Certificate()));
        }

        return user.PathOf("client-certificate") is { } certificate && user.PathOf("client-key") is { } key
            && user.Text("client-certificate-data") is null && user.Text("client-key-data") is null
            ? new CertificateFileCredentials(certificate, key, timeProvider, logger)
            : Certificate() is { } loaded ? new FixedCredentials(new Credential(Certificate: loaded)) : AnonymousCredentials.Instance;
    }

    private ClientCertificate? Certificate() => (PemOf("client-certificate"), PemOf("client-key")) switch
    {
        (null, null) => null,
        ({ } certificate, { } key) => Pem.ReadClientCertificate(certificate, key, $"{user.File}: {user.Label}: client-certificate"),
        (null, _) => throw user.Wrong("client-certificate", "is missing; a client key is of no use without it"),
        (_, null) => throw user.Wrong("client-key", "is missing; a client certificate is of no use without it"),
    };

    private string? PemOf(string field)
    {
        if (user.Data($"{field}-data") is { } data)
        {
            return Encoding.UTF8.GetString(data);
        }

        try
        {
            return user.PathOf(field) is { } path ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw user.Wrong(field, $"cannot be read: {e.Message}");
        }
    }

    private ExecPluginSettings Exec(YamlMappingNode exec)
    {
        var version = exec.Text("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw user.Wrong(
                "exec.apiVersion", $"is '{version}'; client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1 is expected");
        }

        if (exec.Text("interactiveMode") == "Always")
        {
            throw user.Wrong("exec.interactiveMode", "is 'Always', but nobody is there to answer; Never or IfAvailable is expected");
        }

        return new ExecPluginSettings(version, Command(exec))
        {
            Arguments = [.. exec.Items("args").OfType<YamlScalarNode>().Select(a => a.Value ?? "")],
            Environment = exec.Items("env").OfType<YamlMappingNode>()
                .Where(e => !string.IsNullOrEmpty(e.Text("name")))
                .ToDictionary(e => e.Text("name")!, e => e.Text("value") ?? "", StringComparer.Ordinal),
            InstallHint = exec.Text("installHint"),
            Cluster = exec.Text("provideClusterInfo") == "true" ? ClusterInfo() : null,
        };
    }

    /// <summary>A command with a slash in it is a path, relative to the kubeconfig; one without is looked for in PATH.</summary>
    private string Command(YamlMappingNode exec)
    {
        var command = exec.Text("command");
        return string.IsNullOrEmpty(command)
            ? throw user.Wrong("exec.command", "is missing; the name or path of a program is expected")
            : command.Contains('/', StringComparison.Ordinal)
                ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(user.File)) ?? "/", command)
                : command;
    }

    private ExecCluster ClusterInfo() => new()
    {
        Server = cluster.Text("server") ?? "",
        TlsServerName = cluster.Text("tls-server-name"),
        InsecureSkipTlsVerify = cluster.Flag("insecure-skip-tls-verify") ? true : null,
        CertificateAuthorityData = cluster.Data("certificate-authority-data")
            ?? (cluster.PathOf("certificate-authority") is { } path ? File.ReadAllBytes(path) : null),
        ProxyUrl = cluster.Text("proxy-url"),
    };
}
