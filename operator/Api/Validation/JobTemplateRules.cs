using System.Text;
using System.Text.Json.Nodes;

namespace ModelOperator.Api.Validation;

/// <summary>Rules of a Job guardrail's pod template. The rest of a pod's rules are the API server's, which checks the Job when it is written.</summary>
internal static class JobTemplateRules
{
    private const int LargestBytes = 64 * 1024;

    public static IEnumerable<FieldError> Check(string path, JsonObject template)
    {
        var bytes = Encoding.UTF8.GetByteCount(template.ToJsonString());
        if (bytes > LargestBytes)
        {
            return [FieldError.Of(path, $"{bytes} bytes", $"is larger than {LargestBytes} bytes; put large data into a ConfigMap and mount it")];
        }

        return template["spec"] is JsonObject spec && spec["containers"] is JsonArray { Count: > 0 } containers && containers.All(c => c is JsonObject)
            ? []
            : [FieldError.Of($"{path}.spec.containers", (template["spec"] as JsonObject)?["containers"]?.ToJsonString(), "want a list of at least one container")];
    }
}
