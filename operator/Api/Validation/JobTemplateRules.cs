using System.Text;
using System.Text.Json.Nodes;

namespace ModelOperator.Api.Validation;

/// <summary>
/// Rules of a Job guardrail's pod template. The rest of a pod's rules are the API server's, which checks the Job when it is written.
/// </summary>
internal static class JobTemplateRules
{
    private const int LargestBytes = 64 * 1024;

    public static IEnumerable<FieldError> Check(string path, JsonObject template)
    {
        var bytes = Encoding.UTF8.GetByteCount(template.ToJsonString());
        if (bytes > LargestBytes)
        {
            return
            [
                FieldError.Of(path, $"{bytes} bytes", $"is larger than {LargestBytes} bytes; put large data into a ConfigMap and mount it"),
            ];
        }

        return
        [
            .. PodTemplateRules.OnlyKeys(path, template, "metadata", "spec"),
            .. PodTemplateRules.Object(path, template, "metadata", PodTemplateRules.Metadata),
            .. Spec($"{path}.spec", template["spec"] as JsonObject),
        ];
    }

    private static IEnumerable<FieldError> Spec(string path, JsonObject? spec)
    {
        if (spec?["containers"] is not JsonArray { Count: > 0 } containers || !containers.All(container => container is JsonObject))
        {
            yield return FieldError.Of($"{path}.containers", spec?["containers"]?.ToJsonString(), "want a list of at least one container");
        }

        if (spec is not null && spec.TryGetPropertyValue("restartPolicy", out var policy)
            && !(policy is JsonValue value && value.TryGetValue(out string? text) && text == "Never"))
        {
            yield return FieldError.Of(
                $"{path}.restartPolicy", policy?.ToJsonString(), "want Never, which is the default: a check runs once");
        }
    }
}
