using System.Diagnostics.Metrics;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>How often caches had to ask the server anew: many lists mean lost watches and a server that suffers.</summary>
internal static class CacheMetrics
{
    private static readonly Meter Meter = new(Runtime.KubernetesMeter.Name);
    private static readonly Counter<long> Lists = Meter.CreateCounter<long>("reflector_lists", description: "Lists of a whole type.");
    private static readonly Counter<long> Watches = Meter.CreateCounter<long>(
        "reflector_watches", description: "Watches begun, the first and each restart.");
    private static readonly UpDownCounter<int> Unreadables = Meter.CreateUpDownCounter<int>(
        "reflector_unreadable_objects", description: "Objects that are there in a version that this program cannot read.");

    public static void Listed(string resource) => Lists.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public static void Unreadable(string type, int change) => Unreadables.Add(change, new KeyValuePair<string, object?>("type", type));

    public static void Watched(string resource) => Watches.Add(1, new KeyValuePair<string, object?>("resource", resource));
}
