using System.Collections.Concurrent;
using System.Net;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>An API server that knows some tokens, and says what their subjects may do.</summary>
internal sealed class PlayedReviews : PlayedClient
{
    /// <summary>Tokens: of one who may give feedback, of one who may not, and of one that is meant for somebody else.</summary>
    public const string Good = "good", Powerless = "powerless", Misdirected = "misdirected";

    /// <summary>Everything asked so far.</summary>
    public ConcurrentQueue<KubernetesObject> Asked { get; } = new();

    /// <summary>Whether it answers with an error.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether it takes for ever.</summary>
    public bool Hangs { get; set; }

    public override async Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
    {
        Asked.Enqueue(entity);
        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (Fails)
        {
            throw new HttpRequestException("no connection", inner: null, HttpStatusCode.ServiceUnavailable);
        }

        switch (entity)
        {
            case TokenReview { Spec: { } spec } review:
                review.Status = spec.Token switch
                {
                    Good or Powerless => new()
                    {
                        Authenticated = true,
                        Audiences = spec.Audiences,
                        User = new() { Username = spec.Token, Groups = ["everybody"] },
                    },
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
}
