using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>
/// A store with resource versions, for tests that need a server to fail, hang or be slow on cue. What a real server does is tested
/// against a real server.
/// </summary>
internal sealed class FakeApi : PlayedClient
{
    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _version;

    /// <summary>Called before each call with its verb; may throw or wait.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called after each creation: the server has done it, and the answer may still be lost.</summary>
    public Func<Task> AfterCreate { get; set; } = () => Task.CompletedTask;

    public ConcurrentQueue<string> Calls { get; } = new();

    public IEnumerable<JsonObject> Objects(string plural) =>
        _objects.Where(o => o.Key.StartsWith(plural + "/", StringComparison.Ordinal))
            .OrderBy(o => o.Key, StringComparer.Ordinal)
            .Select(o => o.Value);

    public void Remove(string plural) =>
        _objects.Keys.Where(k => k.StartsWith(plural + "/", StringComparison.Ordinal)).ToList().ForEach(k => _objects.TryRemove(k, out _));

    public override async Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : class
    {
        await CallAsync("get", type.Plural, cancellationToken);
        return _objects.TryGetValue($"{type.Plural}/{@namespace}/{name}", out var json) ? json.Deserialize(type.TypeInfo) : null;
    }

    public override async Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
    {
        await CallAsync("create", type.Plural, cancellationToken);
        T created;
        lock (_lock)
        {
            var key = $"{type.Plural}/{entity.Metadata.Namespace}/{entity.Metadata.Name}";
            created = _objects.ContainsKey(key)
                ? throw new KubernetesException(HttpStatusCode.Conflict, "AlreadyExists", $"{key} already exists")
                : Store(type, key, JsonSerializer.SerializeToNode(entity, type.TypeInfo)!.AsObject());
        }

        await AfterCreate();
        return created;
    }

    public override async Task<T> UpdateAsync<T>(
        ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
    {
        await CallAsync("replace", type.Plural, cancellationToken);
        lock (_lock)
        {
            var key = $"{type.Plural}/{entity.Metadata.Namespace}/{entity.Metadata.Name}";
            Check(key, entity.Metadata.ResourceVersion);
            return Store(type, key, JsonSerializer.SerializeToNode(entity, type.TypeInfo)!.AsObject());
        }
    }

    public override async Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken,
        string? subresource = null)
    {
        await CallAsync("patch", type.Plural, cancellationToken);
        lock (_lock)
        {
            var key = $"{type.Plural}/{@namespace}/{name}";
            Check(key, patch["metadata"]?["resourceVersion"]?.GetValue<string>());
            return Store(type, key, Merge(_objects[key].DeepClone().AsObject(), patch));
        }
    }

    private Task CallAsync(string verb, string plural, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"{verb} {plural}");
        return Before(verb, cancellationToken);
    }

    private void Check(string key, string? resourceVersion)
    {
        if (!_objects.TryGetValue(key, out var stored))
        {
            throw new KubernetesException(HttpStatusCode.NotFound, "NotFound", $"{key} not found");
        }

        if (resourceVersion is not null && stored["metadata"]!["resourceVersion"]!.GetValue<string>() != resourceVersion)
        {
            throw new KubernetesException(HttpStatusCode.Conflict, "Conflict", $"{key} was changed");
        }
    }

    private T Store<T>(ResourceType<T> type, string key, JsonObject json)
        where T : KubernetesObject
    {
        json["metadata"]!["resourceVersion"] = $"{++_version}";
        _objects[key] = json;
        return json.Deserialize(type.TypeInfo)!;
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            target[name] = value is JsonObject inner ? Merge(target[name]?.DeepClone().AsObject() ?? [], inner) : value?.DeepClone();
        }

        return target;
    }
}
