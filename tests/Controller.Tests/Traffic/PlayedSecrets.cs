using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>An API server that holds objects by name, as they were applied.</summary>
internal sealed class PlayedSecrets : PlayedClient
{
    public Dictionary<string, JsonObject> Objects { get; } = [];

    /// <summary>Every read so far.</summary>
    public int Reads { get; private set; }

    public override Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : class
    {
        Reads++;
        return Task.FromResult(Objects.GetValueOrDefault($"{@namespace}/{name}")?.Deserialize(type.TypeInfo));
    }

    public override Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
    {
        Objects[$"{intent["metadata"]!["namespace"]}/{intent["metadata"]!["name"]}"] = intent;
        return Task.FromResult(intent.Deserialize(type.TypeInfo)!);
    }
}
