using System.Text.Json.Serialization;
using ModelOperator.Api;

namespace ModelOperator.Cli.Cluster;

/// <summary>
/// A ModelDeployment as far as people look at it. Every field may be absent and words are text: the operator and its
/// CustomResourceDefinition may be older or newer than the plugin.
/// </summary>
internal sealed record Model
{
    public ModelMetadata Metadata { get; set; } = new();

    public ModelSpec? Spec { get; set; }

    public ModelStatus Status { get; set; } = new();

    [JsonIgnore]
    public string Name => Metadata.Name;

    /// <summary>Whether spec.rollout.paused holds.</summary>
    [JsonIgnore]
    public bool IsPaused => Spec?.Rollout?.Paused == true;

    /// <summary>Whether the canary waits at a step of kind pause.</summary>
    [JsonIgnore]
    public bool IsAtPause => Status.Phase == Phases.Paused && !IsPaused;

    /// <summary>The order that waits for the operator.</summary>
    [JsonIgnore]
    public string? PendingOrder => Metadata.Annotations?.GetValueOrDefault(Labels.Control);

    /// <summary>Whether the operator has seen the latest change of the spec.</summary>
    [JsonIgnore]
    public bool IsObserved => Status.ObservedGeneration >= Metadata.Generation;
}

internal sealed record ModelList
{
    public IReadOnlyList<Model> Items { get; set; } = [];
}

internal sealed record ModelMetadata
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    public long Generation { get; set; }

    public DateTimeOffset? CreationTimestamp { get; set; }

    public IReadOnlyDictionary<string, string>? Annotations { get; set; }
}

internal sealed record ModelSpec
{
    public ModelRollout? Rollout { get; set; }
}

internal sealed record ModelRollout
{
    public bool? Paused { get; set; }
}

/// <summary>JSON of what is read from the cluster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Model))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(DeploymentList))]
internal sealed partial class ClusterJson : JsonSerializerContext;
