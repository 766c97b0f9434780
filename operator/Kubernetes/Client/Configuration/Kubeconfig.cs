using YamlDotNet.RepresentationModel;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>Kubeconfig files taken together.</summary>
internal sealed class Kubeconfig
{
    public string? CurrentContext { get; set; }
    public Dictionary<string, KubeconfigEntry> Clusters { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, KubeconfigEntry> Users { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, KubeconfigEntry> Contexts { get; } = new(StringComparer.Ordinal);
}

/// <summary>One named cluster, user or context, and the file it came from, which its relative paths start at.</summary>
internal sealed record KubeconfigEntry(string Label, string File, YamlMappingNode Fields)
{
    public string? Text(string field) => Fields.Text(field) is { Length: > 0 } text ? text : null;

    public bool Flag(string field) => Text(field) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw Wrong(field, $"is '{other}'; true or false is expected"),
    };

    public string? PathOf(string field) =>
        Text(field) is { } path ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(File)) ?? "/", path) : null;

    /// <summary>base64 in the file.</summary>
    public byte[]? Data(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw Wrong(field, "is not base64");
        }
    }

    public KubernetesConfigurationException Wrong(string field, string problem) => new($"{File}: {Label}: {field}: {problem}.");
}

internal static class YamlNodes
{
    public static YamlNode? Child(this YamlMappingNode node, string field) =>
        node.Children.TryGetValue(new YamlScalarNode(field), out var child)
            && child is not YamlScalarNode { Value: null or "" or "null" or "~", Style: YamlDotNet.Core.ScalarStyle.Plain }
            ? child
            : null;

    public static string? Text(this YamlMappingNode node, string field) => (node.Child(field) as YamlScalarNode)?.Value;

    public static YamlMappingNode? Map(this YamlMappingNode node, string field) => node.Child(field) as YamlMappingNode;

    public static IEnumerable<YamlNode> Items(this YamlMappingNode node, string field) =>
        node.Child(field) is YamlSequenceNode list ? list.Children : [];
}
