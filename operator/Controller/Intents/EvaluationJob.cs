using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// The Job that has a revision, and the one that serves, answer a labelled data set. Its pod is tried again when it is lost or a revision
/// cannot be reached; a Job of another rollout, or for another evaluation, is another run.
/// </summary>
internal static class EvaluationJob
{
    public const string Container = "evaluate";

    /// <summary>Port of GET /progress.</summary>
    public const int ProgressPort = 8082;

    private const int Retries = 3;
    private const string DatasetDirectory = "/dataset";
    private const string DatasetFile = "dataset.ndjson";

    /// <summary>Name of a Job as built.</summary>
    public static string NameOf(JsonObject intent) => (string)intent["metadata"]!["name"]!;

    public static JsonObject Build(
        ModelDeployment model, EvaluationPlan plan, EffectiveSpec effective, string image, string? allowedNetworks = null)
    {
        string name = model.Metadata.Name;
        var spec = new JsonObject
        {
            ["backoffLimit"] = Retries,
            ["completions"] = 1,
            ["parallelism"] = 1,
            ["activeDeadlineSeconds"] = (long)plan.Evaluation.Deadline.TotalSeconds,
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = ObjectLabels.Evaluation(name, plan.Revision) },
                ["spec"] = PodSpec(name, plan, effective, image, allowedNetworks),
            },
        };
        string run = $"{model.Status?.Rollout?.StartedAt.UtcDateTime:O}\n{spec.ToJsonString()}";
        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject
            {
                ["name"] = JobName.Of(name, plan.Revision, "evaluation", run),
                ["namespace"] = model.Metadata.Namespace,
                ["labels"] = ObjectLabels.Evaluation(name, plan.Revision),
                ["ownerReferences"] = Owners.Controller(model),
            },
            ["spec"] = spec,
        };
    }

    private static JsonObject PodSpec(string model, EvaluationPlan plan, EffectiveSpec effective, string image, string? allowedNetworks)
    {
        EvaluationDataset dataset = plan.Evaluation.Dataset;
        var given = FetchVolumes.OfDataset(dataset, allowedNetworks);
        var spec = new JsonObject
        {
            ["restartPolicy"] = "Never",
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["securityContext"] = PodSecurity.Pod(),
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = Container,
                // Not the revision's, which may be the user's own and know no evaluation.
                ["image"] = image,
                ["args"] = new JsonArray([.. Arguments(model, plan, effective.Feedback, given).Select(argument => (JsonNode)argument)]),
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "progress", ["containerPort"] = ProgressPort, ["protocol"] = "TCP" }),
                ["resources"] = HelperResources.Build(),
                ["securityContext"] = PodSecurity.Container(),
                ["terminationMessagePolicy"] = "FallbackToLogsOnError",
                ["volumeMounts"] = Mounts(dataset, given),
            }),
            ["volumes"] = Volumes(dataset, given),
        };
        // Where the revision's pods may run, what they may pull and who they are, this one may and is.
        foreach (string field in new[] { "imagePullSecrets", "nodeSelector", "serviceAccountName", "tolerations" })
        {
            if (effective.Runtime.PodTemplate?["spec"]?[field] is { } users)
            {
                spec[field] = users.DeepClone();
            }
        }

        return spec;
    }

    private static IEnumerable<string> Arguments(string model, EvaluationPlan plan, EffectiveFeedback feedback, FetchVolumes given)
    {
        EffectiveEvaluation evaluation = plan.Evaluation;
        return
        [
            "evaluate",
            "--dataset", PathOf(evaluation.Dataset),
            .. evaluation.Dataset.Digest is { } digest ? ["--digest", digest] : Array.Empty<string>(),
            .. given.Arguments,
            "--model", model,
            "--canary", RevisionService.AddressOf(model, plan.Revision),
            .. plan.StableRevision is { } stable ? ["--stable", RevisionService.AddressOf(model, stable)] : Array.Empty<string>(),
            "--concurrency", evaluation.Concurrency.ToString(),
            "--quantile", evaluation.QuantilePercent.ToString(),
            .. evaluation.MaxMilliseconds is { } limit ? ["--max-milliseconds", limit.ToString()] : Array.Empty<string>(),
            .. ServeArguments.Feedback(feedback),
            .. feedback.Tolerance is { } tolerance
                ? ["--feedback-tolerance", $"{tolerance.Absolute ?? "0"},{tolerance.Percent ?? "0"}%"]
                : Array.Empty<string>(),
            "--progress-port", ProgressPort.ToString(),
        ];
    }

    private static string PathOf(EvaluationDataset dataset) => dataset switch
    {
        { Uri: { } uri } => uri,
        { PersistentVolumeClaim: { } volume } => $"{DatasetDirectory}/{volume.Path}",
        _ => $"{DatasetDirectory}/{DatasetFile}",
    };

    private static JsonArray Mounts(EvaluationDataset dataset, FetchVolumes given)
    {
        var mounts = new JsonArray(new JsonObject { ["name"] = "tmp", ["mountPath"] = "/tmp" });
        if (dataset.Uri is null)
        {
            mounts.Add((JsonNode)new JsonObject { ["name"] = "dataset", ["mountPath"] = DatasetDirectory, ["readOnly"] = true });
        }

        foreach (JsonNode mount in given.Mounts)
        {
            mounts.Add(mount);
        }

        return mounts;
    }

    private static JsonArray Volumes(EvaluationDataset dataset, FetchVolumes given)
    {
        var volumes = new JsonArray(new JsonObject { ["name"] = "tmp", ["emptyDir"] = new JsonObject() });
        if (dataset.ConfigMapKeyRef is { } key)
        {
            volumes.Add((JsonNode)new JsonObject
            {
                ["name"] = "dataset",
                ["configMap"] = new JsonObject
                {
                    ["name"] = key.Name,
                    ["items"] = new JsonArray(new JsonObject { ["key"] = key.Key, ["path"] = DatasetFile }),
                },
            });
        }

        if (dataset.PersistentVolumeClaim is { } volume)
        {
            volumes.Add((JsonNode)new JsonObject
            {
                ["name"] = "dataset",
                ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = volume.ClaimName, ["readOnly"] = true },
            });
        }

        foreach (JsonNode fetched in given.Volumes)
        {
            volumes.Add(fetched);
        }

        return volumes;
    }
}
