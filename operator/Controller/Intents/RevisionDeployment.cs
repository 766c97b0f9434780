using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// The Deployment of one revision. What it says of its pods never changes while it lives: another model or pod template is
/// another revision with a Deployment of its own, so becoming stable restarts no pod.
/// </summary>
internal static class RevisionDeployment
{
    /// <summary>Tells with which pod template an operator made the Deployment.</summary>
    public const string TemplateHashAnnotation = "modeloperator.io/pod-template-hash";

    public static string NameOf(string model, string revision) => $"{model}-{revision}";

    /// <summary>
    /// The revision of a model that a Deployment is; null when it is none. Its selector tells, which nobody can change, where labels and
    /// owners can be taken off by anybody. One that another object manages, such as an earlier ModelDeployment of the same name, is none.
    /// </summary>
    public static string? RevisionOf(ModelDeployment model, Deployment deployment) =>
        deployment.Spec.Selector?.MatchLabels is { } selector
        && selector.GetValueOrDefault(Labels.ManagedBy) == Labels.Operator
        && selector.GetValueOrDefault(Labels.Component) == Labels.InferenceComponent
        && selector.GetValueOrDefault(Labels.Model) == model.Metadata.Name
        && selector.GetValueOrDefault(Labels.Revision) is { } revision
        && deployment.Metadata.Name == NameOf(model.Metadata.Name, revision)
        && (Owners.Owns(model, deployment) || !Owners.HasManager(deployment))
            ? revision
            : null;

    /// <summary>The metadata that every revision's Deployment has, whatever its pod template.</summary>
    public static JsonObject Metadata(ModelDeployment model, string revision) => new()
    {
        ["name"] = NameOf(model.Metadata.Name, revision),
        ["namespace"] = model.Metadata.Namespace,
        ["labels"] = ObjectLabels.Revision(model.Metadata.Name, revision),
        ["ownerReferences"] = Owners.Controller(model),
    };

    public static JsonObject Build(
        ModelDeployment model, string revision, int replicas, EffectiveSpec effective, string? allowedNetworks = null)
    {
        JsonObject template = PodTemplateMerge.Merge(
            InferencePodTemplate.Build(model.Metadata.Name, revision, effective, allowedNetworks), effective.Runtime.PodTemplate);
        PortProtocols.WriteOut(template);
        SecureUsersContainers((JsonObject)template["spec"]!);
        KeepLabels(template, model.Metadata.Name, revision);
        JsonObject metadata = Metadata(model, revision);
        metadata.Insert(metadata.Count - 1, "annotations", new JsonObject { [TemplateHashAnnotation] = HashOf(template) });
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["revisionHistoryLimit"] = 1,
                ["strategy"] = new JsonObject
                {
                    ["type"] = "RollingUpdate",
                    ["rollingUpdate"] = new JsonObject { ["maxSurge"] = 1, ["maxUnavailable"] = 0 },
                },
                ["selector"] = new JsonObject { ["matchLabels"] = ObjectLabels.Revision(model.Metadata.Name, revision) },
                ["template"] = template,
            },
        };
    }

    /// <summary>The hash an intent carries in <see cref="TemplateHashAnnotation"/>.</summary>
    public static string TemplateHashOf(JsonObject intent) => (string)intent["metadata"]!["annotations"]![TemplateHashAnnotation]!;

    private static string HashOf(JsonObject template) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(template.ToJsonString())))[..16];

    private static void SecureUsersContainers(JsonObject spec)
    {
        foreach (string list in new[] { "initContainers", "containers" })
        {
            spec[list] = new JsonArray(
            [
                .. spec[list]!.AsArray().OfType<JsonObject>().Select(container =>
                    (string?)container["name"] is InferencePodTemplate.FetchContainer or InferencePodTemplate.RuntimeContainer
                        ? container.DeepClone() : PodSecurity.UsersContainer(container)),
            ]);
        }
    }

    /// <summary>A user's pod template may add labels, never move pods out from under their Deployment and the routers.</summary>
    private static void KeepLabels(JsonObject template, string model, string revision)
    {
        if (template["metadata"] is not JsonObject metadata)
        {
            template["metadata"] = metadata = [];
        }

        if (metadata["labels"] is not JsonObject labels)
        {
            metadata["labels"] = labels = [];
        }

        foreach ((string key, JsonNode? value) in ObjectLabels.Revision(model, revision))
        {
            labels[key] = value!.DeepClone();
        }
    }
}
