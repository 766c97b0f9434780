using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client;

/// <summary>
/// An object that is there, but does not fit its type: one that a newer version of the program wrote, or one a person broke.
/// </summary>
/// <param name="Metadata">Which object it is; null when not even that can be read.</param>
/// <param name="Field">The field that does not fit, such as spec.feedback.kind; empty when it is not known.</param>
/// <param name="Problem">Why it does not fit.</param>
public sealed record UnreadableObject(ObjectMeta? Metadata, string Field, string Problem)
{
    /// <summary>Null when the object has no name that can be read.</summary>
    public EntityKey? Key => Metadata is { Name.Length: > 0 }
        ? new EntityKey(string.IsNullOrEmpty(Metadata.Namespace) ? null : Metadata.Namespace, Metadata.Name)
        : null;

    /// <summary>Namespace and name, for people.</summary>
    public string Name => Key is { } key ? key.ToString() : "without a name";

    /// <summary>The field and the problem, for people.</summary>
    public string Cause => Field.Length == 0 ? Problem : $"{Field}: {Problem}";
}
