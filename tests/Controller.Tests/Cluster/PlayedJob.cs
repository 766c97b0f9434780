using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>What the Job controller and the kubelet do with a Job: they make its pod and write down how both fare.</summary>
internal static class PlayedJob
{
    /// <summary>The Job's pod number so and so, made from its template.</summary>
    public static async Task<string> CreatePodAsync(IKubernetes world, V1Job job, string number)
    {
        string name = $"{job.Metadata.Name}-{number}";
        await world.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    Labels = job.Spec.Template.Metadata.Labels,
                    OwnerReferences =
                    [
                        new V1OwnerReference
                        {
                            ApiVersion = "batch/v1",
                            Kind = "Job",
                            Name = job.Metadata.Name,
                            Uid = job.Metadata.Uid,
                            Controller = true,
                        },
                    ],
                },
                Spec = new V1PodSpec
                {
                    RestartPolicy = "Never",
                    TerminationGracePeriodSeconds = 0,
                    Containers =
                    [
                        .. job.Spec.Template.Spec.Containers.Select(
                            container => new V1Container { Name = container.Name, Image = container.Image }),
                    ],
                },
            },
            job.Metadata.NamespaceProperty);
        return name;
    }

    /// <summary>Runs the Job's pod to this status of its containers.</summary>
    public static async Task PlayAsync(IKubernetes world, V1Job job, string podStatus)
    {
        string name = await CreatePodAsync(world, job, "x");
        await world.CoreV1.PatchNamespacedPodStatusAsync(JsonNode.Parse(podStatus).StatusPatch(), name, job.Metadata.NamespaceProperty);
    }

    /// <summary>Writes that the Job has ended.</summary>
    public static Task EndAsync(IKubernetes world, V1Job job, string condition, string reason, string? time = null) =>
        world.BatchV1.PatchNamespacedJobStatusAsync(
            new JsonObject
            {
                ["startTime"] = time,
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = condition,
                    ["status"] = "True",
                    ["reason"] = reason,
                    ["lastTransitionTime"] = time,
                }),
            }.StatusPatch(),
            job.Metadata.Name,
            job.Metadata.NamespaceProperty);

    /// <summary>What the garbage collector and the kubelet do once a Job has been deleted.</summary>
    public static Task RemovePodAsync(IKubernetes world, V1Job job) =>
        world.CoreV1.DeleteNamespacedPodAsync($"{job.Metadata.Name}-x", job.Metadata.NamespaceProperty);
}
