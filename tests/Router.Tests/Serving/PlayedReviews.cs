using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>An API server that knows some tokens, and says what their subjects may do.</summary>
internal sealed class PlayedReviews : IKubernetesClient
{
    /// <summary>Tokens: of one who may give feedback, of one who may not, and of one that is meant for somebody else.</summary>
    public const string Good = "good", Powerless = "powerless", Misdirected = "misdirected";

    /// <summary>Everything asked so far.</summary>
    public ConcurrentQueue<KubernetesObject> Asked { get; } = new();

    /// <summary>Whether it answers with an error.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether it takes for ever.</summary>
    public bool Hangs { get; set; }

    public async Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        Asked.Enqueue(entity);
        if (Hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (Fails) throw new HttpRequestException("no connection", inner: null, HttpStatusCode.ServiceUnavailable);
        switch (entity)
        {
            case TokenReview { Spec: { } spec } review:
                review.Status = spec.Token switch
                {
                    Good or Powerless => new() { Authenticated = true, Audiences = spec.Audiences, User = new() { Username = spec.Token, Groups = ["everybody"] } },
                    Misdirected => new() { Authenticated = true, User = new() { Username = Good } },
                    _ => new() { Authenticated = false },
                };
                break;
            case SubjectAccessReview { Spec: { } spec } review:
                review.Status = new() { Allowed = spec.User == Good };
                break;
        }

        return entity;
    }

    public Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<KubernetesList<T>> ListAsync<T>(ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<T> ApplyAsync<T>(ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
        where T : KubernetesObject => throw new NotSupportedException();
}
