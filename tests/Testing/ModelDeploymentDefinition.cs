using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using YamlDotNet.Serialization;

namespace ModelOperator.Testing;

/// <summary>The CRD of the repository, in the form that a server understands.</summary>
public static class ModelDeploymentDefinition
{
    public static async Task InstallAsync(IKubernetesClient client)
    {
        var server = await client.DiscoverAsync(CancellationToken.None);
        var folder = Path.Combine(Repository.Root, "crds", server.HasValidationRules ? "" : "legacy");
        var definition = Read(Path.Combine(folder, "modeldeployments.yaml"));
        await client.ApplyAsync(Resources.CustomResourceDefinitions, definition, "tests", CancellationToken.None);
        await Eventually.TrueAsync(() => IsEstablishedAsync(client, (string)definition["metadata"]!["name"]!), "the CRD is established");
    }

    private static async Task<bool> IsEstablishedAsync(IKubernetesClient client, string name)
    {
        var definition = await client.GetAsync(Resources.CustomResourceDefinitions, null, name, CancellationToken.None);
        return definition?.Status?.Conditions?.Exists(c => c is { Type: "Established", Status: "True" }) == true;
    }

    private static JsonObject Read(string file)
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(File.ReadAllText(file));
        return (JsonObject)JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!;
    }
}
