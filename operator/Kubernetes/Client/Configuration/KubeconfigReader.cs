using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>Reads kubeconfig files and takes them together by kubectl's rule: what is named first wins.</summary>
internal static class KubeconfigReader
{
    private const long MaxBytes = 8 << 20;

    public static Kubeconfig Read(IReadOnlyList<string> files)
    {
        var merged = new Kubeconfig();
        var existing = files.Where(File.Exists).ToList();
        if (existing.Count == 0)
        {
            throw new KubernetesConfigurationException(
                $"KUBECONFIG: none of these files exists: {string.Join(", ", files)}. Set it to a kubeconfig file, or run inside a pod.");
        }

        foreach (var file in existing)
        {
            Merge(merged, file, ReadDocument(file));
        }

        return merged;
    }

    private static YamlMappingNode ReadDocument(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                throw new KubernetesConfigurationException($"{file}: is larger than {MaxBytes} bytes; that is no kubeconfig.");
            }

            using var reader = new StreamReader(file);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents.Count == 0
                ? new YamlMappingNode()
                : stream.Documents[0].RootNode as YamlMappingNode
                    ?? throw new KubernetesConfigurationException($"{file}: is not a kubeconfig; a YAML mapping is expected.");
        }
        catch (YamlException e)
        {
            // The message of the cause may quote what it could not read, which may be a token.
            throw new KubernetesConfigurationException($"{file}: is not YAML at line {e.Start.Line}, column {e.Start.Column}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"{file}: cannot be read.", e);
        }
    }

    private static void Merge(Kubeconfig merged, string file, YamlMappingNode root)
    {
        if (string.IsNullOrEmpty(merged.CurrentContext))
        {
            merged.CurrentContext = root.Text("current-context");
        }

        Add(merged.Clusters, "cluster", "clusters");
        Add(merged.Users, "user", "users");
        Add(merged.Contexts, "context", "contexts");

        void Add(Dictionary<string, KubeconfigEntry> entries, string kind, string list)
        {
            foreach (var item in root.Items(list).OfType<YamlMappingNode>())
            {
                if (item.Text("name") is { Length: > 0 } name)
                {
                    entries.TryAdd(name, new KubeconfigEntry($"{kind} '{name}'", file, item.Map(kind) ?? new YamlMappingNode()));
                }
            }
        }
    }
}
