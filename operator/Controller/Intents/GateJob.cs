using System.Globalization;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// The Job of a Job guardrail: the user's pod template over defaults that meet the restricted Pod Security Standard. It runs once for a
/// rollout; a Job of another rollout, or of another version of the guardrail, is another run.
/// </summary>
internal static class GateJob
{
    /// <summary>Tells for which rollout a Job was made, by when that started.</summary>
    public const string RolloutAnnotation = "modeloperator.io/rollout-started-at";

    /// <summary>Name of the container that gives the verdict, where there are several.</summary>
    public const string DecidingContainer = "check";

    /// <summary>
    /// The container that gives the verdict: the one named check, else the first. The others help it, as a proxy does, and may go on for
    /// ever.
    /// </summary>
    public static string? DecidingContainerOf(JobGate gate)
    {
        List<string?> names =
            [.. (gate.Template["spec"]?["containers"] as JsonArray ?? []).Select(container => (string?)container?["name"])];
        return names.Contains(DecidingContainer) ? DecidingContainer : names.FirstOrDefault();
    }

    /// <summary>Name of the Job.</summary>
    public static string NameOf(string model, string revision, string guardrail, DateTimeOffset rolloutStartedAt, JobGate gate) =>
        JobName.Of(model, revision, guardrail, $"{RolloutOf(rolloutStartedAt)}\n{gate.Template.ToJsonString()}");

    /// <summary>Value of <see cref="RolloutAnnotation"/>.</summary>
    public static string RolloutOf(DateTimeOffset rolloutStartedAt) =>
        rolloutStartedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static JsonObject Build(ModelDeployment model, GateJobPlan plan, DateTimeOffset rolloutStartedAt) => new()
    {
        ["apiVersion"] = "batch/v1",
        ["kind"] = "Job",
        ["metadata"] = new JsonObject
        {
            ["name"] = NameOf(model.Metadata.Name, plan.CanaryRevision, plan.Guardrail, rolloutStartedAt, plan.Job),
            ["namespace"] = model.Metadata.Namespace,
            ["labels"] = ObjectLabels.Gate(model.Metadata.Name, plan.CanaryRevision, plan.Guardrail),
            ["annotations"] = new JsonObject { [RolloutAnnotation] = RolloutOf(rolloutStartedAt) },
            ["ownerReferences"] = Owners.Controller(model),
        },
        ["spec"] = new JsonObject
        {
            // A check that was made once is not made again until it comes out as wished.
            ["backoffLimit"] = 0,
            ["completions"] = 1,
            ["parallelism"] = 1,
            ["activeDeadlineSeconds"] = plan.Job.DeadlineSeconds ?? Defaults.JobDeadlineSeconds,
            ["template"] = Template(model, plan),
        },
    };

    private static JsonObject Template(ModelDeployment model, GateJobPlan plan)
    {
        JsonObject template = PodTemplateMerge.Merge(
            new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["automountServiceAccountToken"] = false,
                    ["enableServiceLinks"] = false,
                    ["securityContext"] = PodSecurity.Pod(),
                },
            },
            plan.Job.Template);
        PortProtocols.WriteOut(template);
        var spec = (JsonObject)template["spec"]!;
        spec["restartPolicy"] = "Never";
        foreach (string list in new[] { "initContainers", "containers" })
        {
            if (spec[list] is JsonArray containers)
            {
                spec[list] = new JsonArray([.. containers.OfType<JsonObject>().Select(container => Container(container, model, plan))]);
            }
        }

        if (template["metadata"] is not JsonObject metadata)
        {
            template["metadata"] = metadata = [];
        }

        if (metadata["labels"] is not JsonObject labels)
        {
            metadata["labels"] = labels = [];
        }

        foreach ((string key, JsonNode? value) in ObjectLabels.Gate(model.Metadata.Name, plan.CanaryRevision, plan.Guardrail))
        {
            labels[key] = value!.DeepClone();
        }

        return template;
    }

    private static JsonObject Container(JsonObject users, ModelDeployment model, GateJobPlan plan) =>
        PodSecurity.UsersContainer(PodTemplateMerge.Merge(
            new JsonObject
            {
                ["terminationMessagePolicy"] = "FallbackToLogsOnError",
                ["env"] = new JsonArray(
                    Variable("MODEL_NAME", model.Metadata.Name),
                    Variable("MODEL_NAMESPACE", model.Metadata.Namespace!),
                    Variable("CANARY_REVISION", plan.CanaryRevision),
                    Variable("CANARY_URL", RevisionService.AddressOf(model.Metadata.Name, plan.CanaryRevision)),
                    Variable("STABLE_REVISION", plan.StableRevision),
                    Variable("STABLE_URL", RevisionService.AddressOf(model.Metadata.Name, plan.StableRevision))),
            },
            users));

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };
}
