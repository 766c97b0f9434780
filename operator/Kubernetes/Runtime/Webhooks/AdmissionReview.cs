using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>admission.k8s.io/v1 AdmissionReview: the question and, sent back, the answer.</summary>
internal sealed class AdmissionReview
{
    public string ApiVersion { get; set; } = "admission.k8s.io/v1";

    public string Kind { get; set; } = nameof(AdmissionReview);

    public AdmissionReviewRequest? Request { get; set; }

    public AdmissionReviewResponse? Response { get; set; }
}

internal sealed class AdmissionReviewRequest
{
    public string? Uid { get; set; }

    public string? Name { get; set; }

    public string? Namespace { get; set; }

    public string? Operation { get; set; }

    public string? SubResource { get; set; }

    public JsonElement? Object { get; set; }

    public JsonElement? OldObject { get; set; }

    public ReviewedUser? UserInfo { get; set; }

    public bool? DryRun { get; set; }
}

internal sealed class AdmissionReviewResponse
{
    public string Uid { get; set; } = "";

    public bool Allowed { get; set; }

    public AdmissionStatus? Status { get; set; }

    /// <summary>The JSON patch, in base64.</summary>
    public byte[]? Patch { get; set; }

    public string? PatchType { get; set; }

    public IReadOnlyList<string>? Warnings { get; set; }
}

internal sealed class AdmissionStatus
{
    public int Code { get; set; }

    public string Message { get; set; } = "";

    public string? Reason { get; set; }

    /// <summary>What kubectl shows of a refusal with reason Invalid: it leaves the message out.</summary>
    public AdmissionStatusDetails? Details { get; set; }
}

internal sealed class AdmissionStatusDetails
{
    public string? Name { get; set; }

    public string? Group { get; set; }

    public string? Kind { get; set; }

    public IReadOnlyList<AdmissionStatusCause>? Causes { get; set; }
}

internal sealed class AdmissionStatusCause
{
    public string Reason { get; set; } = "FieldValueInvalid";

    public string Message { get; set; } = "";

    public string? Field { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdmissionReview))]
internal sealed partial class AdmissionJsonContext : JsonSerializerContext;
