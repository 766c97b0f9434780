using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What the runtime tells the log.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(101, LogLevel.Information, "{Controller} starts with {Workers} workers.")]
    public static partial void WorkersStarted(this ILogger logger, string controller, int workers);

    [LoggerMessage(102, LogLevel.Error, "Reconciling {Kind} {Key} failed; trying again: {Message}")]
    public static partial void ReconcileFailed(this ILogger logger, string kind, EntityKey key, string? message, Exception? error);

    [LoggerMessage(103, LogLevel.Error, "Reconciling {Kind} {Key} failed and waits for the next change: {Message}")]
    public static partial void ReconcileFailedForGood(this ILogger logger, string kind, EntityKey key, string? message, Exception? error);

    [LoggerMessage(104, LogLevel.Information, "Waiting for the caches of {Resources}.")]
    public static partial void CachesStarting(this ILogger logger, string resources);

    [LoggerMessage(105, LogLevel.Information, "All caches hold what the server holds.")]
    public static partial void CachesSynced(this ILogger logger);

    [LoggerMessage(106, LogLevel.Warning, "Reconciles under way did not end within {Grace}; cancelling them.")]
    public static partial void WorkersSlow(this ILogger logger, TimeSpan grace);

    [LoggerMessage(107, LogLevel.Critical, "The operator cannot go on.")]
    public static partial void OperatorFailed(this ILogger logger, Exception error);

    [LoggerMessage(108, LogLevel.Error, "Workers have not stopped; the lease is left to expire.")]
    public static partial void LeaseNotReleased(this ILogger logger);

    [LoggerMessage(109, LogLevel.Debug, "Reconciling {Kind} {Key} met a newer version; trying again.")]
    public static partial void ReconcileConflicted(this ILogger logger, string kind, EntityKey key);

    [LoggerMessage(111, LogLevel.Information, "{Kind} {Key} is left alone: its namespace is being deleted.")]
    public static partial void NamespaceTerminating(this ILogger logger, string kind, EntityKey key);

    [LoggerMessage(112, LogLevel.Warning, "Reconciling {Kind} {Key} stopped before a write: {Message}")]
    public static partial void WriteFenced(this ILogger logger, string kind, EntityKey key, string message);

    [LoggerMessage(110, LogLevel.Warning, "The lease could not be released and is left to expire.")]
    public static partial void LeaseReleaseFailed(this ILogger logger, Exception error);

    [LoggerMessage(120, LogLevel.Information, "{Identity} waits for the lease {Lease}.")]
    public static partial void LeaseWanted(this ILogger logger, string identity, EntityKey lease);

    [LoggerMessage(121, LogLevel.Information, "{Identity} holds the lease {Lease}.")]
    public static partial void LeaseAcquired(this ILogger logger, string identity, EntityKey lease);

    [LoggerMessage(122, LogLevel.Information, "The lease {Lease} is held by {Holder}.")]
    public static partial void LeaseHeldByOther(this ILogger logger, EntityKey lease, string holder);

    [LoggerMessage(123, LogLevel.Warning, "Cannot get or renew the lease {Lease}; trying again.")]
    public static partial void LeaseFailed(this ILogger logger, EntityKey lease, Exception error);

    [LoggerMessage(124, LogLevel.Information, "{Identity} released the lease {Lease}.")]
    public static partial void LeaseReleased(this ILogger logger, string identity, EntityKey lease);

    [LoggerMessage(140, LogLevel.Warning, "Event {Reason} of {Kind} {Key} was not written.")]
    public static partial void EventLost(this ILogger logger, string reason, string kind, EntityKey key, Exception error);

    [LoggerMessage(141, LogLevel.Warning, "Events still to be written were dropped at the stop.")]
    public static partial void EventsNotFlushed(this ILogger logger);
}
