using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Transport;
using ModelOperator.Kubernetes.Client.Wire;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client;

/// <summary>Calls one API server. Safe for use by many at once; make one and keep it.</summary>
public sealed class KubernetesClient : IKubernetesClient, IDisposable
{
    private const int PageSize = 500;

    /// <summary>How long a server may overrun the end of a watch before it is cut off.</summary>
    private static readonly TimeSpan WatchGrace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultWatch = TimeSpan.FromMinutes(5);

    private readonly ApiCaller _caller;

    public KubernetesClient(KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger<KubernetesClient> logger)
        : this(new ApiCaller(configuration, timeProvider, logger))
    {
    }

    /// <summary>Over a given transport, for tests that play the server.</summary>
    internal KubernetesClient(
        KubernetesClientConfiguration configuration, TimeProvider timeProvider, ILogger<KubernetesClient> logger,
        HttpMessageHandler handler)
        : this(new ApiCaller(configuration, timeProvider, logger, handler))
    {
    }

    private KubernetesClient(ApiCaller caller) => _caller = caller;

    public async Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        try
        {
            return await CallAsync(
                type, new ApiRequest(HttpMethod.Get, ResourcePath.Of(type, @namespace, name)) { IsIdempotent = true }, cancellationToken);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    public async Task<KubernetesList<T>> ListAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        // Where reading the pages took longer than the server keeps their version, the list is asked for whole: nothing in it can expire.
        return await ListPagesAsync(type, @namespace, options, PageSize, cancellationToken)
            ?? await ListPagesAsync(type, @namespace, options, limit: null, cancellationToken)
            ?? throw new InvalidDataException($"The server sent a list of {type.Plural} in pages that was asked for whole.");
    }

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var timeout = options.Timeout ?? DefaultWatch;
        var path = ResourcePath.WithQuery(
            ResourcePath.Of(type, @namespace),
            ("watch", "true"),
            ("labelSelector", options.LabelSelector),
            ("fieldSelector", options.FieldSelector),
            ("resourceVersion", options.ResourceVersion),
            ("timeoutSeconds", $"{Math.Max(1, (long)timeout.TotalSeconds)}"),
            ("allowWatchBookmarks", options.AllowBookmarks ? "true" : null));
        var entities = new EntityReader<T>(type);
        return _caller.StreamAsync(
            new ApiRequest(HttpMethod.Get, path) { IsIdempotent = true },
            timeout + WatchGrace,
            (stream, token) => WatchReader.ReadAsync(stream, entities, token),
            cancellationToken);
    }

    public Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject
    {
        ArgumentException.ThrowIfNullOrEmpty(fieldManager);
        var body = (JsonObject)intent.DeepClone();
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        var path = ResourcePath.WithQuery(
            ResourcePath.Of(type, Text(body["metadata"]?["namespace"]), Text(body["metadata"]?["name"]), subresource),
            ("fieldManager", fieldManager),
            ("force", "true"));
        var request = Write(HttpMethod.Patch, path, body, "application/apply-patch+yaml");
        return CallAsync(type, request with { IsIdempotent = true }, cancellationToken);
    }

    public Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        if (type.Namespaced && string.IsNullOrEmpty(entity.Metadata.Namespace))
        {
            throw new ArgumentException($"metadata.namespace: is missing; a {type.Kind} is made in a namespace.", nameof(entity));
        }

        return CallAsync(
            type, Write(HttpMethod.Post, ResourcePath.Of(type, entity.Metadata.Namespace), ToJson(type, entity)), cancellationToken);
    }

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject
    {
        var path = ResourcePath.Of(type, entity.Metadata.Namespace, entity.Metadata.Name, subresource);
        return CallAsync(type, Write(HttpMethod.Put, path, ToJson(type, entity)), cancellationToken);
    }

    public Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken,
        string? subresource = null)
        where T : KubernetesObject
    {
        var path = ResourcePath.Of(type, @namespace, name, subresource);
        return CallAsync(type, Write(HttpMethod.Patch, path, patch, "application/merge-patch+json"), cancellationToken);
    }

    public async Task DeleteAsync<T>(
        ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
        where T : KubernetesObject
    {
        var options = new DeleteOptions { Preconditions = uid is null ? null : new Preconditions { Uid = uid } };
        var request = new ApiRequest(HttpMethod.Delete, ResourcePath.Of(type, @namespace, name))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(options, WireJsonContext.Default.DeleteOptions),
            IsIdempotent = true,
        };
        try
        {
            await _caller.CallAsync(request, static (_, _) => Task.FromResult(true), cancellationToken);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // What was to be deleted is gone already.
        }
        catch (KubernetesException e) when (e.IsConflict && uid is not null)
        {
            // A conflict can be many things; this one may mean that an object of the same name has taken the place of the one meant.
            if (await GetAsync(type, @namespace, name, cancellationToken) is { } found && found.Metadata.Uid == uid)
            {
                throw;
            }
        }
    }

    public void Dispose() => _caller.Dispose();

    /// <summary>Null when a page after the first has expired.</summary>
    private async Task<KubernetesList<T>?> ListPagesAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, int? limit, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var items = new List<T>();
        var unreadable = new List<UnreadableObject>();
        string? next = null;
        while (true)
        {
            ListPage<T> page;
            try
            {
                page = await ListPageAsync(type, @namespace, options, limit, next, cancellationToken);
            }
            catch (KubernetesException e) when (e.IsExpired && next is not null)
            {
                return null;
            }

            items.AddRange(page.Items);
            unreadable.AddRange(page.Unreadable);
            next = page.Metadata.Continue;
            if (string.IsNullOrEmpty(next))
            {
                return new KubernetesList<T>(items, page.Metadata.ResourceVersion ?? "") { Unreadable = unreadable };
            }
        }
    }

    private Task<ListPage<T>> ListPageAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, int? limit, string? next, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        // A list at some version comes from the server's cache, whole and cheap; a limit would send it to etcd page by page. At version 0 a
        // server with a cache does not mind the limit, and one without a cache needs it.
        var isPaged = options.ResourceVersion is null or "" or "0";
        var path = ResourcePath.WithQuery(
            ResourcePath.Of(type, @namespace),
            ("labelSelector", options.LabelSelector),
            ("fieldSelector", options.FieldSelector),
            ("resourceVersion", next is null && !string.IsNullOrEmpty(options.ResourceVersion) ? options.ResourceVersion : null),
            ("limit", isPaged && limit is not null ? $"{limit}" : null),
            ("continue", next));
        return _caller.CallAsync(
            new ApiRequest(HttpMethod.Get, path) { IsIdempotent = true }, new EntityReader<T>(type).ReadListAsync, cancellationToken);
    }

    private Task<T> CallAsync<T>(ResourceType<T> type, ApiRequest request, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        _caller.CallAsync(request, new EntityReader<T>(type).ReadAsync, cancellationToken);

    private static ApiRequest Write(HttpMethod method, string path, JsonNode body, string contentType = "application/json") =>
        new(method, path) { Body = Encoding.UTF8.GetBytes(body.ToJsonString()), ContentType = contentType };

    private static JsonObject ToJson<T>(ResourceType<T> type, T entity)
        where T : KubernetesObject
    {
        var json = JsonSerializer.SerializeToNode(entity, type.TypeInfo)!.AsObject();
        json["apiVersion"] = type.ApiVersion;
        json["kind"] = type.Kind;
        return json;
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
