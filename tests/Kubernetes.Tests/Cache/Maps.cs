using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Tests.Cache;

/// <summary>Config maps and changes of them, in few words.</summary>
internal static class Maps
{
    public static ConfigMap Map(string name, string version, string uid = "", params string[] owners) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "n",
            Uid = uid.Length == 0 ? $"uid-{name}" : uid,
            ResourceVersion = version,
            OwnerReferences = [.. owners.Select(o => new OwnerReference { Uid = o })],
        },
    };

    public static WatchEvent<ConfigMap> Added(string name, string version, string uid = "") =>
        new(WatchEventType.Added, Map(name, version, uid));

    public static WatchEvent<ConfigMap> Modified(string name, string version, string uid = "") =>
        new(WatchEventType.Modified, Map(name, version, uid));

    public static WatchEvent<ConfigMap> Deleted(string name, string version) => new(WatchEventType.Deleted, Map(name, version));

    public static UnreadableObject Unreadable(string name, string version, string uid = "") =>
        new(Map(name, version, uid).Metadata, "data", "is of another kind");

    public static WatchEvent<ConfigMap> Bookmark(string version) =>
        new(WatchEventType.Bookmark, new ConfigMap { Metadata = new ObjectMeta { ResourceVersion = version } });
}
