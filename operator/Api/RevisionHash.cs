using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOperator.Api;

/// <summary>Names a revision by what its pods serve: the same spec always gives the same name, on every operator.</summary>
public static class RevisionHash
{
    /// <summary>Characters of a revision's name.</summary>
    public const int Length = 10;

    /// <summary>Hashes everything that changes a pod, with defaults filled in, so that writing a default out is no new revision.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <param name="runtimeImage">The operator's image of the inference runtime.</param>
    public static string Of(ModelDeploymentSpec spec, string runtimeImage) => Of(Defaults.Resolve(spec, runtimeImage));

    /// <summary>Hashes everything that changes a pod. The tolerance of feedback does not: routers send it along with the truth.</summary>
    public static string Of(EffectiveSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var runtime = spec.Runtime;
        var tuning = runtime.Tuning;
        var content = new (string Name, JsonNode? Value)[]
        {
            ("cache", spec.Model.Cache?.ClaimName),
            ("credentials", spec.Model.CredentialsSecretRef?.Name),
            ("digest", spec.Model.Digest),
            (
                "executionProviders",
                new JsonArray([.. runtime.ExecutionProviders.Select(provider => JsonValue.Create(provider.ToString()))])),
            ("feedbackKind", spec.Feedback.Kind == FeedbackKind.Classification ? null : spec.Feedback.Kind.ToString()),
            ("feedbackOutput", spec.Feedback.Output),
            ("gpuCount", runtime.Gpu?.Count),
            ("gpuResource", runtime.Gpu?.ResourceName),
            ("image", runtime.Image),
            ("instances", tuning.Instances),
            ("maxBatchSize", tuning.MaxBatchSize),
            ("maxQueueDelayMicroseconds", tuning.MaxQueueDelayMicroseconds),
            ("maxQueueSize", tuning.MaxQueueSize),
            ("maxRequestMebibytes", tuning.MaxRequestMebibytes),
            ("podTemplate", runtime.PodTemplate?.DeepClone()),
            ("precision", tuning.HalfPrecision ? nameof(ModelPrecision.Fp16) : null),
            ("preferredBatchSizes", tuning.PreferredBatchSizes is { Count: > 0 } sizes
                ? new JsonArray([.. sizes.Select(size => JsonValue.Create(size))])
                : null),
            ("requestTimeoutMilliseconds", tuning.RequestTimeoutMilliseconds),
            ("signatureKey", spec.Model.Signature is { } signature ? Defaults.KeyOf(signature.PublicKeySecretRef) : null),
            ("signatureSecret", spec.Model.Signature?.PublicKeySecretRef.Name),
            ("threads", tuning.Threads),
            ("uri", spec.Model.Uri),
            ("workloadIdentity", spec.Model.WorkloadIdentity == true ? true : null),
        };

        // What is absent is left out, so that a field added in a later release renames no revision that does not use it.
        var present = content.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value));
        return Convert.ToHexStringLower(SHA256.HashData(Canonical(new JsonObject(present))))[..Length];
    }

    // The API server may give properties back in another order than they were sent.
    private static ReadOnlySpan<byte> Canonical(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        Write(writer, node);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject properties:
                writer.WriteStartObject();
                foreach (var (name, value) in properties.OrderBy(property => property.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
