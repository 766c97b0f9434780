using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>What the Job controller and the kubelet do with a Job: they make its pod and write down how both fare.</summary>
internal static class PlayedJob
{
    /// <summary>Runs the Job's pod, made from its template, to this status of its containers.</summary>
    public static async Task PlayAsync(IKubernetesClient client, Job job, string podStatus)
    {
        string name = $"{job.Metadata.Name}-x";
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = job.Metadata.Namespace,
                ["labels"] = new JsonObject([.. job.Spec.Template.Metadata!.Labels!.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))]),
                ["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "batch/v1",
                    ["kind"] = "Job",
                    ["name"] = job.Metadata.Name,
                    ["uid"] = job.Metadata.Uid,
                    ["controller"] = true,
                }),
            },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "Never",
                ["terminationGracePeriodSeconds"] = 0,
                ["containers"] = new JsonArray(
                    [.. job.Spec.Template.Spec!.Containers!.Select(container => new JsonObject { ["name"] = container.Name, ["image"] = container.Image })]),
            },
        };
        await client.ApplyAsync(Resources.Pods, pod, "job-controller", CancellationToken.None);
        await client.MergePatchAsync(
            Resources.Pods, job.Metadata.Namespace, name, new JsonObject { ["status"] = JsonNode.Parse(podStatus) }, CancellationToken.None, "status");
    }

    /// <summary>Writes that the Job has ended.</summary>
    public static Task EndAsync(IKubernetesClient client, Job job, string condition, string reason) => client.MergePatchAsync(
        Resources.Jobs,
        job.Metadata.Namespace,
        job.Metadata.Name,
        new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = condition, ["status"] = "True", ["reason"] = reason }),
            },
        },
        CancellationToken.None,
        "status");

    /// <summary>What the garbage collector and the kubelet do once a Job has been deleted.</summary>
    public static Task RemovePodAsync(IKubernetesClient client, Job job) =>
        client.DeleteAsync(Resources.Pods, job.Metadata.Namespace, $"{job.Metadata.Name}-x", CancellationToken.None);
}
