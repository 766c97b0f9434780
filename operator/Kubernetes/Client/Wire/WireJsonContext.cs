using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>metav1.Status.</summary>
internal sealed class StatusDocument
{
    public string? Kind { get; set; }
    public string? Message { get; set; }
    public string? Reason { get; set; }
    public int? Code { get; set; }
    public StatusDetails? Details { get; set; }
}

internal sealed class StatusDetails
{
    public int? RetryAfterSeconds { get; set; }
    public List<StatusCause>? Causes { get; set; }
}

internal sealed class StatusCause
{
    public string? Reason { get; set; }
}

/// <summary>metav1.DeleteOptions.</summary>
internal sealed class DeleteOptions
{
    public string ApiVersion { get; set; } = "v1";
    public string Kind { get; set; } = "DeleteOptions";
    public string PropagationPolicy { get; set; } = "Background";
    public Preconditions? Preconditions { get; set; }
}

internal sealed class Preconditions
{
    public string? Uid { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(DeleteOptions))]
internal sealed partial class WireJsonContext : JsonSerializerContext;
