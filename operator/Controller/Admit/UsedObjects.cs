using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Addressing;
using ModelOperator.Api;

namespace ModelOperator.Controller.Admit;

/// <summary>Something of the namespace that pods of a ModelDeployment use, and the right that a person needs to use it in person.</summary>
/// <param name="Verb">The right.</param>
/// <param name="Resource">Of what, such as secrets.</param>
/// <param name="Name">Its name; empty for what has none yet.</param>
/// <param name="Field">The field that names it.</param>
internal sealed record UsedObject(string Verb, string Resource, string Name, string Field);

/// <summary>
/// What a ModelDeployment uses on behalf of whoever writes it. Pods hand out what is mounted into them to the programs that their template
/// names, so who names a Secret there has read it.
/// </summary>
internal static class UsedObjects
{
    private const string Secrets = "secrets", ConfigMaps = "configmaps", Claims = "persistentvolumeclaims", Accounts = "serviceaccounts";

    /// <summary>Each object once.</summary>
    public static IReadOnlyList<UsedObject> Of(ModelDeploymentSpec spec) =>
        [.. All(spec).OfType<UsedObject>().Where(used => used.Name.Length > 0 || used.Verb == "create")
            .DistinctBy(used => (used.Verb, used.Resource, used.Name))];

    /// <summary>
    /// Whether two specs run the same pods and send the same things to the same places: then nobody gains anything by the change.
    /// </summary>
    public static bool AreTheSame(ModelDeploymentSpec one, ModelDeploymentSpec other) => Relevant(one) == Relevant(other);

    private static string Relevant(ModelDeploymentSpec spec) => JsonSerializer.Serialize(
        new ModelDeploymentSpec
        {
            Model = spec.Model,
            Runtime = spec.Runtime,
            Rollout = new RolloutSpec
            {
                Evaluation = spec.Rollout?.Evaluation,
                Analysis = new AnalysisSpec
                {
                    Guardrails =
                    [
                        .. (spec.Rollout?.Analysis?.Guardrails ?? []).Where(guardrail =>
                            guardrail is { Job: not null } or { Prometheus.CredentialsSecretRef: not null }
                                or { Webhook.CredentialsSecretRef: not null }),
                    ],
                },
            },
        },
        ApiJsonContext.Default.ModelDeploymentSpec);

    private static IEnumerable<UsedObject?> All(ModelDeploymentSpec spec)
    {
        const string data = "spec.rollout.evaluation.dataset", template = "spec.runtime.podTemplate";
        ModelSource model = spec.Model;
        EvaluationDataset? dataset = spec.Rollout?.Evaluation?.Dataset;
        bool isSignedIn = model.WorkloadIdentity == true || dataset?.WorkloadIdentity == true;
        return
        [
            Get(Secrets, model.CredentialsSecretRef?.Name, "spec.model.credentialsSecretRef"),
            Get(Secrets, model.Signature?.PublicKeySecretRef.Name, "spec.model.signature.publicKeySecretRef"),
            Get(Claims, ClaimOf(model.Uri), "spec.model.uri"),
            Get(Claims, model.Cache?.ClaimName, "spec.model.cache.claimName"),
            isSignedIn ? Act(AccountOf(spec.Runtime?.PodTemplate?["spec"]), "workloadIdentity") : null,
            Get(Secrets, dataset?.CredentialsSecretRef?.Name, $"{data}.credentialsSecretRef"),
            Get(ConfigMaps, dataset?.ConfigMapKeyRef?.Name, $"{data}.configMapKeyRef"),
            Get(Claims, dataset?.PersistentVolumeClaim?.ClaimName, $"{data}.persistentVolumeClaim"),
            Get(Claims, ClaimOf(dataset?.Uri), $"{data}.uri"),
            .. OfTemplate($"{template}.spec", spec.Runtime?.PodTemplate?["spec"], AccountOf(spec.Runtime?.PodTemplate?["spec"])),
            .. (spec.Rollout?.Analysis?.Guardrails ?? []).SelectMany((guardrail, i) => new[]
            {
                Get(
                    Secrets,
                    guardrail.Prometheus?.CredentialsSecretRef?.Name,
                    $"spec.rollout.analysis.guardrails[{i}].prometheus.credentialsSecretRef"),
                Get(
                    Secrets,
                    guardrail.Webhook?.CredentialsSecretRef?.Name,
                    $"spec.rollout.analysis.guardrails[{i}].webhook.credentialsSecretRef"),
            }),
            .. (spec.Rollout?.Analysis?.Guardrails ?? []).SelectMany((guardrail, i) =>
                OfTemplate(
                    $"spec.rollout.analysis.guardrails[{i}].job.template.spec",
                    guardrail.Job?.Template["spec"],
                    AccountOf(guardrail.Job?.Template["spec"]))),
        ];
    }

    private static UsedObject? Get(string resource, string? name, string field) =>
        name is null ? null : new UsedObject("get", resource, name, field);

    // The right that Kubernetes itself has for acting as somebody.
    private static UsedObject Act(string account, string field) => new("impersonate", Accounts, account, field);

    private static string AccountOf(JsonNode? podSpec) =>
        Text(podSpec, "serviceAccountName") ?? Text(podSpec, "serviceAccount") ?? "default";

    private static string? ClaimOf(string? uri) =>
        uri is not null && ModelAddress.TryParse(uri, out ModelAddress address, out _) && address is VolumeAddress volume
            ? volume.Claim
            : null;

    // Wherever in a pod they stand, these fields name the same things; an administrator may have allowed volumes of any kind.
    private static IEnumerable<UsedObject?> OfTemplate(string path, JsonNode? node, string account) => node switch
    {
        JsonArray list => list.SelectMany((entry, i) => OfTemplate($"{path}[{i}]", entry, account)),
        JsonObject map => map.SelectMany(entry =>
            OfField($"{path}.{entry.Key}", entry.Key, entry.Value, account)
                .Concat(OfTemplate($"{path}.{entry.Key}", entry.Value, account))),
        _ => [],
    };

    private static IEnumerable<UsedObject?> OfField(string path, string field, JsonNode? value, string account) => field switch
    {
        "secretName" => [Get(Secrets, Text(value), path)],
        "secret" or "secretKeyRef" => [Get(Secrets, Text(value, "name"), path)],
        "configMap" or "configMapKeyRef" or "configMapRef" => [Get(ConfigMaps, Text(value, "name"), path)],
        "claimName" => [Get(Claims, Text(value), path)],
        "ephemeral" => [new UsedObject("create", Claims, "", path)],
        "serviceAccountName" or "serviceAccount" when account != "default" => [Act(account, path)],
        "serviceAccountToken" => [Act(account, path)],
        "automountServiceAccountToken" when value?.GetValueKind() == JsonValueKind.True => [Act(account, path)],
        "imagePullSecrets" => (value as JsonArray ?? []).Select((secret, i) => Get(Secrets, Text(secret, "name"), $"{path}[{i}]")),
        // Also those of volumes of storage drivers: nodePublishSecretRef.
        _ when field.EndsWith("ecretRef", StringComparison.Ordinal) => [Get(Secrets, Text(value, "name"), path)],
        _ => [],
    };

    private static string? Text(JsonNode? value, string field) => Text((value as JsonObject)?[field]);

    private static string? Text(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? given) ? given : null;
}
