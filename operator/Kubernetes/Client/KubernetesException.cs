using System.Net;

namespace ModelOperator.Kubernetes.Client;

/// <summary>The API server refused a call; carries what it said (metav1.Status).</summary>
public sealed class KubernetesException(HttpStatusCode statusCode, string reason, string message, TimeSpan? retryAfter = null)
    : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public HttpStatusCode StatusCode { get; } = statusCode;

    /// <summary>Machine word such as NotFound, Conflict, AlreadyExists, Expired, Invalid, Forbidden.</summary>
    public string Reason { get; } = reason;

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The resourceVersion asked for is too old (410 Gone, reason Expired or Gone).</summary>
    public bool IsExpired => StatusCode == HttpStatusCode.Gone;

    /// <summary>The server asks for patience; nothing is wrong with the call.</summary>
    public bool IsTooManyRequests => StatusCode == HttpStatusCode.TooManyRequests;

    /// <summary>The resourceVersion asked for is newer than what this server has seen.</summary>
    public bool IsTooLargeResourceVersion =>
        StatusCode == HttpStatusCode.GatewayTimeout && Message.Contains("Too large resource version", StringComparison.Ordinal);

    /// <summary>The namespace is being deleted and takes nothing new: what is in it will go, and no retry helps.</summary>
    public bool IsNamespaceTerminating { get; init; }

    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict;
}
