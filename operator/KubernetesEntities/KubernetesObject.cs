namespace ModelOperator.Kubernetes.Entities;

/// <summary>Anything the API server stores: type, name and the fields every object has.</summary>
public class KubernetesObject
{
    /// <summary>Group and version of the representation, such as <c>apps/v1</c>.</summary>
    public string ApiVersion { get; set; } = "";

    /// <summary>Name of the type in singular, such as <c>Deployment</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Standard object metadata.</summary>
    public ObjectMeta Metadata { get; set; } = new();
}

/// <summary>An object with a desired state.</summary>
public interface ISpec<TSpec>
{
    TSpec Spec { get; set; }
}

/// <summary>An object with an observed state, written through its status subresource.</summary>
public interface IStatus<TStatus>
{
    TStatus? Status { get; set; }
}

/// <summary>Base of a custom resource with a spec and a status.</summary>
public abstract class CustomKubernetesEntity<TSpec, TStatus> : KubernetesObject, ISpec<TSpec>, IStatus<TStatus>
    where TSpec : new()
{
    /// <summary>The desired state, written by users.</summary>
    public TSpec Spec { get; set; } = new();

    /// <summary>The observed state, written by the operator.</summary>
    public TStatus? Status { get; set; }
}
