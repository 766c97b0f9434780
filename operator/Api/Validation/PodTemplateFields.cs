using System.Text.Json.Nodes;

namespace ModelOperator.Api.Validation;

/// <summary>
/// The fields that a pod template may set unless an administrator allows more: what the restricted Pod Security Standard lets through, and
/// nothing that reaches the node, its network or another identity. Init containers have the fields of containers.
/// </summary>
internal static class PodTemplateFields
{
    /// <summary>What a field may hold.</summary>
    /// <param name="Want">That in words; empty for anything.</param>
    /// <param name="Fits">Whether a value does. A null takes the operator's own setting away.</param>
    public sealed record Rule(string Want, Func<JsonNode?, bool> Fits);

    private static readonly Rule Anything = new("", _ => true);
    private static readonly Rule True = Text("true");
    private static readonly Rule False = Text("false");
    private static readonly Rule ConfinedProfile = Text("\"RuntimeDefault\"", "\"Localhost\"");
    private static readonly Rule NoRootUser = new(
        "a user id above 0", value => value is JsonValue && value.ToJsonString() is var id && id != "0" && id.All(char.IsAsciiDigit));

    /// <summary>By path, without indexes.</summary>
    public static IReadOnlyDictionary<string, Rule> Rules { get; } = new Dictionary<string, Rule>(
        [
            .. Free(
                "spec", "activeDeadlineSeconds", "affinity", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases", "hostname",
                "hostUsers", "imagePullSecrets", "nodeSelector", "os", "preemptionPolicy", "priorityClassName", "readinessGates",
                "resources", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates", "setHostnameAsFQDN",
                "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints"),
            new("spec.automountServiceAccountToken", False),
            new("spec.serviceAccountName", Text("\"default\"")),
            .. Security("spec.securityContext", "fsGroup", "fsGroupChangePolicy", "supplementalGroups", "supplementalGroupsPolicy"),
            .. Free(
                "spec.containers", "args", "command", "env", "envFrom", "image", "imagePullPolicy", "name", "resizePolicy", "resources",
                "restartPolicy", "restartPolicyRules", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty",
                "volumeDevices", "workingDir"),
            .. Free("spec.containers.ports", "containerPort", "name", "protocol"),
            .. Free("spec.containers.volumeMounts", "mountPath", "name", "readOnly", "recursiveReadOnly", "subPath", "subPathExpr"),
            .. Security("spec.containers.securityContext", "readOnlyRootFilesystem"),
            new("spec.containers.securityContext.allowPrivilegeEscalation", False),
            new("spec.containers.securityContext.privileged", False),
            new("spec.containers.securityContext.procMount", Text("\"Default\"")),
            new("spec.containers.securityContext.capabilities.drop", Text("[\"ALL\"]")),
            new("spec.containers.securityContext.capabilities.add", Text("[]", "[\"NET_BIND_SERVICE\"]")),
            .. new[] { "livenessProbe", "readinessProbe", "startupProbe" }.SelectMany(probe => Free(
                $"spec.containers.{probe}", "failureThreshold", "grpc", "initialDelaySeconds", "periodSeconds",
                "successThreshold", "terminationGracePeriodSeconds", "timeoutSeconds")
                .Concat(Handler($"spec.containers.{probe}"))),
            .. new[] { "postStart", "preStop" }.SelectMany(hook => Handler($"spec.containers.lifecycle.{hook}")),
            new("spec.containers.lifecycle.stopSignal", Anything),
            .. Free("spec.volumes", "configMap", "downwardAPI", "emptyDir", "ephemeral", "name", "persistentVolumeClaim", "secret"),
            new("spec.volumes.projected.defaultMode", Anything),
            .. Free("spec.volumes.projected.sources", "configMap", "downwardAPI", "secret"),
        ],
        StringComparer.Ordinal);

    /// <summary>The fields that hold such fields.</summary>
    public static IReadOnlySet<string> Parents { get; } = Rules.Keys
        .SelectMany(field => field.Select((letter, at) => (letter, at)).Where(dot => dot.letter == '.').Select(dot => field[..dot.at]))
        .ToHashSet(StringComparer.Ordinal);

    private static Rule Text(params string[] json) =>
        new(string.Join(" or ", json), value => json.Contains(value?.ToJsonString() ?? "null"));

    private static IEnumerable<KeyValuePair<string, Rule>> Free(string parent, params string[] fields) =>
        fields.Select(field => KeyValuePair.Create($"{parent}.{field}", Anything));

    private static IEnumerable<KeyValuePair<string, Rule>> Security(string parent, params string[] free) =>
    [
        .. Free(parent, [.. free, "runAsGroup", "appArmorProfile.localhostProfile", "seccompProfile.localhostProfile"]),
        new($"{parent}.runAsNonRoot", True),
        new($"{parent}.runAsUser", NoRootUser),
        new($"{parent}.appArmorProfile.type", ConfinedProfile),
        new($"{parent}.seccompProfile.type", ConfinedProfile),
    ];

    // No host: the kubelet would send the request from the node to wherever it names.
    private static IEnumerable<KeyValuePair<string, Rule>> Handler(string parent) =>
        Free(parent, "exec", "httpGet.httpHeaders", "httpGet.path", "httpGet.port", "httpGet.scheme", "sleep", "tcpSocket.port");
}
