using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;
using YamlDotNet.Serialization;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>What an installation brings to the cluster, from the repository's own files.</summary>
internal static class Manifests
{
    /// <summary>Installs the CRD in the form this server understands, once for all tests.</summary>
    public static async Task InstallDefinitionAsync(IKubernetesClient client)
    {
        ServerCapabilities server = await client.DiscoverAsync(CancellationToken.None);
        string folder = Path.Combine(Repository.Root, "crds", server.HasValidationRules ? "" : "legacy");
        await client.ApplyAsync(
            Resources.CustomResourceDefinitions, Read(Path.Combine(folder, "modeldeployments.yaml")), "tests", CancellationToken.None);
        await Eventually.TrueAsync(
            async () =>
            {
                CustomResourceDefinition? definition = await client.GetAsync(
                    Resources.CustomResourceDefinitions, null, "modeldeployments.modeloperator.io", CancellationToken.None);
                return definition?.Status?.Conditions?.Exists(condition => condition is { Type: "Established", Status: "True" }) == true;
            },
            "the CRD is established");
    }

    private static JsonObject Read(string file)
    {
        object yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build()
            .Deserialize<object>(File.ReadAllText(file));
        return (JsonObject)JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!;
    }
}
