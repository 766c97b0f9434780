using System.Text.Json.Nodes;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>apps ControllerRevision: a state of an object as it once was. The API server lets nobody change its data.</summary>
public sealed class ControllerRevision : KubernetesObject
{
    public JsonObject? Data { get; set; }
}
