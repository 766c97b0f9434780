using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Cache;

/// <summary>
/// Answers lists and watches of config maps in turn; when the script is over a watch goes on for ever, with nothing in it.
/// </summary>
internal sealed class ScriptedClient : PlayedClient
{
    private readonly ConcurrentQueue<Func<KubernetesList<ConfigMap>>> _lists = new();
    private readonly ConcurrentQueue<Func<IAsyncEnumerable<WatchEvent<ConfigMap>>>> _watches = new();

    /// <summary>"list 0", "watch 5": what was asked for, in order, with the resourceVersion.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<ListOptions> WatchOptions { get; } = new();

    public ScriptedClient List(string resourceVersion, params ConfigMap[] items)
    {
        _lists.Enqueue(() => new KubernetesList<ConfigMap>(items, resourceVersion));
        return this;
    }

    public ScriptedClient ListFails(Exception exception)
    {
        _lists.Enqueue(() => throw exception);
        return this;
    }

    public ScriptedClient Watch(params WatchEvent<ConfigMap>[] events)
    {
        _watches.Enqueue(() => Stream(events, null));
        return this;
    }

    public ScriptedClient WatchFails(Exception exception, params WatchEvent<ConfigMap>[] eventsBefore)
    {
        _watches.Enqueue(() => Stream(eventsBefore, exception));
        return this;
    }

    public override Task<KubernetesList<T>> ListAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"list {options.ResourceVersion}");
        return _lists.TryDequeue(out var list)
            ? Task.FromResult((KubernetesList<T>)(object)list())
            : throw new InvalidOperationException("This list is not in the script.");
    }

    public override async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Calls.Enqueue($"watch {options.ResourceVersion}");
        WatchOptions.Enqueue(options);
        if (!_watches.TryDequeue(out var watch))
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }

        await foreach (var change in watch())
        {
            yield return (WatchEvent<T>)(object)change;
        }
    }

    private static async IAsyncEnumerable<WatchEvent<ConfigMap>> Stream(WatchEvent<ConfigMap>[] events, Exception? end)
    {
        foreach (var change in events)
        {
            await Task.Yield();
            yield return change;
        }

        if (end is not null)
        {
            throw end;
        }
    }
}
