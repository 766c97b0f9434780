using System.Collections.Concurrent;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Tests.Cache;

/// <summary>Writes down what it hears: "+a1", "~a1>a2", "-a2", "?a3" (name and version; the last cannot be read).</summary>
internal sealed class RecordingHandler : IEntityHandler<ConfigMap>
{
    public ConcurrentQueue<string> Heard { get; } = new();

    public void Added(ConfigMap entity) => Heard.Enqueue($"+{Name(entity)}");

    public void Updated(ConfigMap old, ConfigMap current) => Heard.Enqueue($"~{Name(old)}>{Name(current)}");

    public void Deleted(ConfigMap last) => Heard.Enqueue($"-{Name(last)}");

    public void Unreadable(UnreadableObject unreadable) =>
        Heard.Enqueue($"?{unreadable.Metadata!.Name}{unreadable.Metadata.ResourceVersion}");

    private static string Name(ConfigMap entity) => entity.Metadata.Name + entity.Metadata.ResourceVersion;
}
