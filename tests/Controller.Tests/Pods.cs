using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests;

/// <summary>Pods as a kubelet would describe them.</summary>
internal static class Pods
{
    public static Pod Inference(string revision, Action<Pod>? change = null) => Pod(
        $"digits-{revision}-abcde",
        new()
        {
            [Labels.ManagedBy] = Labels.Operator,
            [Labels.Component] = Labels.InferenceComponent,
            [Labels.Model] = "digits",
            [Labels.Revision] = revision,
        },
        change);

    public static Pod Router(string name, Action<Pod>? change = null) => Pod(
        name,
        new() { [Labels.ManagedBy] = Labels.Operator, [Labels.Component] = Labels.RouterComponent, ["pod-template-hash"] = "5d8f" },
        pod =>
        {
            pod.Metadata.OwnerReferences =
            [
                new() { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "model-router-5d8f", Uid = "uid-rs", Controller = true },
            ];
            change?.Invoke(pod);
        });

    /// <summary>A container that has fetched a model.</summary>
    public static ContainerStatus HasFetched(string digest) => new()
    {
        Name = "fetch",
        State = new ContainerState
        {
            Terminated = new ContainerStateTerminated
            {
                ExitCode = 0,
                Message = $$"""{"reason":"ModelFetched","message":"{{digest}}"}""" + "\n",
            },
        },
    };

    public static void MakeReady(Pod pod)
    {
        pod.Status!.Phase = "Running";
        pod.Status.PodIP = "127.0.0.1";
        pod.Status.Conditions = [new Condition { Type = "Ready", Status = "True" }];
    }

    private static Pod Pod(string name, Dictionary<string, string> labels, Action<Pod>? change)
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "vision", Uid = "uid-" + name, Labels = labels },
            Status = new PodStatus { Phase = "Pending" },
        };
        change?.Invoke(pod);
        return pod;
    }
}
