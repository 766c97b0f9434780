using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>Finds out how to reach the API server, as kubectl and client-go do.</summary>
public static class KubernetesConfigurationLoader
{
    /// <summary>
    /// The files KUBECONFIG names; else the pod's service account; else ~/.kube/config.
    /// </summary>
    public static KubernetesClientConfiguration Load(TimeProvider timeProvider, ILogger logger)
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } files)
        {
            return LoadKubeconfig(files, null, timeProvider, logger);
        }

        return InClusterConfiguration.IsAvailable(Environment.GetEnvironmentVariable, InClusterConfiguration.ServiceAccountDirectory)
            ? InClusterConfiguration.Load(
                Environment.GetEnvironmentVariable, InClusterConfiguration.ServiceAccountDirectory, timeProvider, logger)
            : LoadKubeconfig(DefaultKubeconfig(), null, timeProvider, logger);
    }

    /// <summary>
    /// Kubeconfig files, separated as in PATH; of two entries of a name the first wins.
    /// </summary>
    /// <param name="files">Paths; those that do not exist are passed over, as long as one does.</param>
    /// <param name="context">A context's name, or null for the current one.</param>
    /// <param name="timeProvider">Clock.</param>
    /// <param name="logger">Hears of files that can no longer be read.</param>
    public static KubernetesClientConfiguration LoadKubeconfig(
        string files, string? context, TimeProvider timeProvider, ILogger logger)
    {
        var merged = KubeconfigReader.Read(
            files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return new KubeconfigResolver(merged, timeProvider, logger).Resolve(context);
    }

    private static string DefaultKubeconfig() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
}
