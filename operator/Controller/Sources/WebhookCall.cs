using System.Text.Json.Serialization;

namespace ModelOperator.Controller.Sources;

/// <summary>What a webhook gate is sent.</summary>
internal sealed record WebhookCall
{
    /// <summary>Name of the ModelDeployment.</summary>
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The canary.</summary>
    public required string Revision { get; init; }

    public required string StableRevision { get; init; }

    /// <summary>Name of the guardrail.</summary>
    public required string Guardrail { get; init; }

    /// <summary>Index of the step, from 0.</summary>
    public required int Step { get; init; }

    /// <summary>Percent of requests the canary gets, as the routers confirm it.</summary>
    public required int CanaryWeight { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebhookCall))]
internal sealed partial class WebhookJson : JsonSerializerContext;
