using System.Text.Json.Serialization;
using ModelOperator.Api;

namespace ModelOperator.Cli.Cluster;

/// <summary>The Deployment of a revision, as far as it tells of pods.</summary>
internal sealed record RevisionPods
{
    public DeploymentMetadata Metadata { get; set; } = new();

    public DeploymentSpec? Spec { get; set; }

    public DeploymentStatus? Status { get; set; }

    [JsonIgnore]
    public string Revision => Metadata.Labels?.GetValueOrDefault(Labels.Revision) ?? "";

    [JsonIgnore]
    public int Wanted => Spec?.Replicas ?? 1;

    [JsonIgnore]
    public int Ready => Status?.ReadyReplicas ?? 0;
}

internal sealed record DeploymentList
{
    public IReadOnlyList<RevisionPods> Items { get; set; } = [];
}

internal sealed record DeploymentMetadata
{
    public IReadOnlyDictionary<string, string>? Labels { get; set; }
}

internal sealed record DeploymentSpec
{
    public int? Replicas { get; set; }
}

internal sealed record DeploymentStatus
{
    public int? ReadyReplicas { get; set; }
}
