using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelOperator.Api.Validation;

/// <summary>
/// Which fields the pod templates of ModelDeployments may set: the safe ones, and those that an administrator allows in all namespaces or
/// in one. Who may create ModelDeployments has no more of a node than that.
/// </summary>
public sealed partial class PodTemplatePolicy
{
    /// <summary>The init container that fetches the model.</summary>
    public const string FetchContainer = "fetch";

    private readonly HashSet<string> _allowed;

    private PodTemplatePolicy(HashSet<string> allowed) => _allowed = allowed;

    /// <summary>Nothing but the safe fields.</summary>
    public static PodTemplatePolicy Restricted { get; } = new([]);

    /// <summary>Reads what an administrator allows; the problem names the entry that is wrong.</summary>
    /// <param name="list">Fields such as spec.hostNetwork, or NAMESPACE/spec.hostNetwork, separated by commas.</param>
    /// <param name="problem">What is wrong.</param>
    public static PodTemplatePolicy? Parse(string? list, out string problem)
    {
        string[] entries = (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        problem = Array.Find(entries, entry => !Entry().IsMatch(entry)) is { } wrong
            ? $"\"{wrong}\": want a field of a pod template such as spec.hostNetwork, or NAMESPACE/FIELD, separated by commas"
            : "";
        return problem.Length > 0 ? null : new PodTemplatePolicy(entries.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>What the templates of a ModelDeployment set and may not; empty when all is well.</summary>
    public IReadOnlyList<FieldError> Check(ModelDeployment model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string? @namespace = model.Metadata.Namespace;
        return
        [
            .. Template("spec.runtime.podTemplate", model.Spec.Runtime?.PodTemplate, @namespace),
            .. Fetching("spec.runtime.podTemplate.spec.initContainers", model.Spec.Runtime?.PodTemplate),
            .. (model.Spec.Rollout?.Analysis?.Guardrails ?? []).SelectMany((guardrail, i) =>
                Template($"spec.rollout.analysis.guardrails[{i}].job.template", guardrail.Job?.Template, @namespace)),
        ];
    }

    private IEnumerable<FieldError> Template(string path, JsonObject? template, string? @namespace) => template is null
        ? []
        :
        [
            .. Check($"{path}.spec", "spec", template["spec"] as JsonObject ?? [], @namespace),
            .. IsAllowed("metadata.annotations", @namespace) ? [] : Annotations($"{path}.metadata.annotations", template["metadata"]),
        ];

    private IEnumerable<FieldError> Check(string path, string field, JsonNode? value, string? @namespace)
    {
        if (IsAllowed(field, @namespace))
        {
            return [];
        }

        if (PodTemplateFields.Rules.TryGetValue(field, out PodTemplateFields.Rule? rule))
        {
            return rule.Fits(value) ? [] : [Refusal(path, field, value, $"want {rule.Want}")];
        }

        if (!PodTemplateFields.Parents.Contains(field))
        {
            return [Refusal(path, field, value, "may not be set; leave it out")];
        }

        return value switch
        {
            JsonObject fields => fields.SelectMany(entry =>
                Check(
                    $"{path}.{entry.Key}",
                    $"{field}.{(entry.Key == "initContainers" ? "containers" : entry.Key)}",
                    entry.Value,
                    @namespace)),
            JsonArray list => list.SelectMany((entry, i) => Check($"{path}[{i}]", field, entry, @namespace)),
            null when field.Contains("securityContext", StringComparison.Ordinal) =>
                [Refusal(path, field, value, "would take the operator's restricted settings away; leave it out")],
            _ => [],
        };
    }

    private static FieldError Refusal(string path, string field, JsonNode? value, string problem) => FieldError.Of(
        path, value?.ToJsonString(),
        $"{problem}, or have an administrator add {field} to podTemplates.allowedFields of the operator's chart");

    private bool IsAllowed(string field, string? @namespace) => _allowed.Contains(field) || _allowed.Contains($"{@namespace}/{field}");

    // Before 1.30 a profile of AppArmor, and before 1.27 one of seccomp, could be an annotation.
    private static IEnumerable<FieldError> Annotations(string path, JsonNode? metadata) =>
        (metadata as JsonObject)?["annotations"] is JsonObject annotations
            ? annotations
                .Where(annotation => ProfileAnnotation().IsMatch(annotation.Key) && annotation.Value?.ToString() is "unconfined")
                .Select(annotation => Refusal(
                    $"{path}[{annotation.Key}]", "metadata.annotations", annotation.Value, "want runtime/default or localhost/PROFILE"))
            : [];

    // They name the networks that a model may come from, and its digest.
    private static IEnumerable<FieldError> Fetching(string path, JsonObject? template) =>
        ((template?["spec"] as JsonObject)?["initContainers"] as JsonArray ?? []).SelectMany((entry, i) =>
            entry is JsonObject container && container["name"]?.ToString() == FetchContainer
                ? container.Where(field => field.Key is "args" or "command").Select(field => FieldError.Of(
                    $"{path}[{i}].{field.Key}", field.Value?.ToJsonString(),
                    "is the operator's in this container: it says where the model may come from; leave it out"))
                : []);

    [GeneratedRegex(
        @"\A([a-z0-9]([-a-z0-9]*[a-z0-9])?/)?(metadata\.annotations|spec(\.[A-Za-z]+)*)\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entry();

    [GeneratedRegex(
        @"\A(container\.apparmor\.security\.beta|(container\.)?seccomp\.security\.alpha)\.kubernetes\.io/",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProfileAnnotation();
}
