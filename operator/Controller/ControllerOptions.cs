using System.Text.Json.Nodes;
using ModelOperator.Api.Validation;

namespace ModelOperator.Controller;

/// <summary>What the installation decides about the objects the operator makes.</summary>
internal sealed record ControllerOptions
{
    /// <summary>Image of the inference runtime where a ModelDeployment names none.</summary>
    public required string RuntimeImage { get; init; }

    /// <summary>Image of the router.</summary>
    public required string RouterImage { get; init; }

    /// <summary>Networks that models and data sets may come from besides public addresses; null for none.</summary>
    public string? AllowedModelNetworks { get; init; }

    /// <summary>The fields that pod templates may set.</summary>
    public PodTemplatePolicy PodTemplates { get; init; } = PodTemplatePolicy.Restricted;

    /// <summary>
    /// Peers, as in a NetworkPolicy, that may collect the metrics of routers and model pods, whose other connections NetworkPolicies
    /// restrict; null for no NetworkPolicies.
    /// </summary>
    public JsonArray? Monitoring { get; init; } = [];

    /// <summary>Router pods of a namespace.</summary>
    public int RouterReplicas { get; init; } = 2;
}
