using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelOperator.Api;

namespace ModelOperator.Cli.Cluster;

/// <summary>Reads and patches ModelDeployments.</summary>
internal sealed class ModelClient(Kubectl kubectl, Place place)
{
    private const string Type = $"{ModelDeployment.Plural}.{ModelDeployment.Group}";

    public Place Place => place;

    public Task<Model> GetAsync(string name, CancellationToken cancellationToken) => GetAsync(name, Kubectl.Limit, cancellationToken);

    public async Task<Model> GetAsync(string name, TimeSpan limit, CancellationToken cancellationToken) =>
        Read(await RunAsync(name, ["get", Type, name, "-o", "json"], limit, cancellationToken), ClusterJson.Default.Model);

    public async Task<IReadOnlyList<Model>> ListAsync(bool ofAllNamespaces, CancellationToken cancellationToken) =>
        Read(await PrintAsync(ofAllNamespaces, "json", cancellationToken), ClusterJson.Default.ModelList).Items;

    /// <summary>One as kubectl prints it.</summary>
    public Task<string> PrintAsync(string name, string format, CancellationToken cancellationToken) =>
        RunAsync(name, ["get", Type, name, "-o", format], Kubectl.Limit, cancellationToken);

    /// <summary>All as kubectl prints them.</summary>
    public Task<string> PrintAsync(bool ofAllNamespaces, string format, CancellationToken cancellationToken) =>
        RunAsync(
            null, ["get", Type, "-o", format, .. ofAllNamespaces ? ["--all-namespaces"] : Array.Empty<string>()], Kubectl.Limit,
            cancellationToken);

    /// <summary>
    /// Changes some fields and returns what became of it. Without resourceVersion: the operator's writes to the status must not stop a
    /// person.
    /// </summary>
    public async Task<Model> PatchAsync(string name, JsonObject patch, CancellationToken cancellationToken) => Read(
        await RunAsync(
            name, ["patch", Type, name, "--type", "merge", "-p", patch.ToJsonString(), "-o", "json"], Kubectl.Limit, cancellationToken),
        ClusterJson.Default.Model);

    /// <summary>Takes an order back, if it is still this one that waits.</summary>
    public async Task<KubectlResult> WithdrawAsync(string name, string order, CancellationToken cancellationToken)
    {
        string path = $"/metadata/annotations/{Labels.Control.Replace("/", "~1", StringComparison.Ordinal)}";
        var patch = new JsonArray(
            new JsonObject { ["op"] = "test", ["path"] = path, ["value"] = order },
            new JsonObject { ["op"] = "remove", ["path"] = path });
        return await kubectl.RunAsync(
            ["patch", Type, name, "--type", "json", "-p", patch.ToJsonString()], Kubectl.Limit, cancellationToken);
    }

    /// <summary>The Deployments of a model's revisions; null when they cannot be read, for example without the right.</summary>
    public async Task<IReadOnlyList<RevisionPods>?> PodsAsync(Model model, CancellationToken cancellationToken)
    {
        string labels = $"{Labels.Model}={model.Name},{Labels.Component}={Labels.InferenceComponent}";
        var result = await kubectl.RunAsync(["get", "deployments.apps", "-l", labels, "-o", "json"], Kubectl.Limit, cancellationToken);
        return result.Succeeded ? Read(result.Output, ClusterJson.Default.DeploymentList).Items : null;
    }

    private async Task<string> RunAsync(string? name, string[] arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        var result = await kubectl.RunAsync(arguments, limit, cancellationToken);
        return result.Succeeded ? result.Output : throw KubectlFailure.Explain(result.Errors, name, place, kubectl.CommandLine(arguments));
    }

    private static T Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw CliException.Failed($"kubectl printed what this plugin cannot read: {e.Message}; is the plugin as new as the operator?");
        }
    }
}
