namespace ModelOperator.Kubernetes.Entities;

/// <summary>Namespace and name of one object of a known type; the namespace is null where the type has none.</summary>
public readonly record struct EntityKey(string? Namespace, string Name)
{
    public static EntityKey Of(KubernetesObject entity) =>
        new(string.IsNullOrEmpty(entity.Metadata.Namespace) ? null : entity.Metadata.Namespace, entity.Metadata.Name);

    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
