using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>What the cache tells the log.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(1, LogLevel.Debug, "Listed {Resource}: {Count} objects at resource version {ResourceVersion}.")]
    public static partial void Listed(this ILogger logger, string resource, int count, string resourceVersion);

    [LoggerMessage(2, LogLevel.Warning, "Cannot list or watch {Resource} from resource version {ResourceVersion}; trying again.")]
    public static partial void ListFailed(this ILogger logger, string resource, string resourceVersion, Exception exception);

    [LoggerMessage(
        3, LogLevel.Information, "Resource version {ResourceVersion} of {Resource} is not available; listing what is there now.")]
    public static partial void VersionUnavailable(this ILogger logger, string resource, string resourceVersion);

    [LoggerMessage(4, LogLevel.Information, "The watch of {Resource} from resource version {ResourceVersion} has expired; listing again.")]
    public static partial void WatchExpired(this ILogger logger, string resource, string resourceVersion);

    [LoggerMessage(
        5, LogLevel.Information, "The watch of {Resource} from resource version {ResourceVersion} was lost ({Error}); watching on.")]
    public static partial void WatchFailed(this ILogger logger, string resource, string resourceVersion, string error);

    [LoggerMessage(7, LogLevel.Error, "{Type} {Key} cannot be read; {Kept}. {Cause} Upgrade this program, or take the change back.")]
    public static partial void ObjectUnreadable(this ILogger logger, string type, string key, string kept, string cause);

    [LoggerMessage(6, LogLevel.Error, "A handler of {Type}, {Handler}, failed.")]
    public static partial void HandlerFailed(this ILogger logger, string type, string handler, Exception exception);
}
