using System.Security.Cryptography;

namespace ModelOperator.EndToEnd;

/// <summary>ModelDeployments of the tests.</summary>
public static class Manifest
{
    /// <summary>A ModelDeployment that serves a file of the store; <paramref name="more"/> goes below spec, indented by two.</summary>
    public static string ModelDeployment(string name, string file, string more = "", string? digest = null) => $$"""
        apiVersion: modeloperator.io/v1alpha1
        kind: ModelDeployment
        metadata:
          name: {{name}}
        spec:
          model:
            uri: {{Uri(file)}}
            digest: sha256:{{digest ?? Digest(file)}}
        {{more}}
        """;

    public static string Uri(string file) => $"http://model-store.{Cluster.StoreNamespace}.svc.cluster.local/{file}";

    public static string Digest(string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Cluster.Models, file))));
}
