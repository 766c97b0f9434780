namespace ModelOperator.Router;

/// <summary>Everything the router logs.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Router {Pod} serves the models of namespace {Namespace}")]
    public static partial void Started(ILogger logger, string pod, string @namespace);

    [LoggerMessage(2, LogLevel.Warning, "Pod {Pod} at {Address} was not reached, another is tried: {Reason}")]
    public static partial void PodUnreached(ILogger logger, string pod, string address, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Model {Model}, revision {Revision}: pod {Pod} failed a request: {Error}: {Reason}")]
    public static partial void ForwardingFailed(ILogger logger, string model, string revision, string pod, string error, string reason);

    [LoggerMessage(4, LogLevel.Information, "Model {Model}: table version {Version} in force: {Weights}")]
    public static partial void TableInForce(ILogger logger, string model, long version, string weights);

    [LoggerMessage(5, LogLevel.Information, "Terminating: serving on for {Seconds} s")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(16, LogLevel.Warning, "No other router is ready and requests come: serving on until one is")]
    public static partial void ServingOn(ILogger logger);

    [LoggerMessage(6, LogLevel.Information, "All requests answered; waiting for the operator to read the last ticks")]
    public static partial void Lingering(ILogger logger);

    [LoggerMessage(7, LogLevel.Information, "Stopped; evidence {Evidence}")]
    public static partial void Stopped(ILogger logger, string evidence);

    [LoggerMessage(8, LogLevel.Warning, "Feedback for model {Model} could not be relayed to pod {Pod}: {Reason}")]
    public static partial void FeedbackNotRelayed(ILogger logger, string model, string pod, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Router {Router} gave no answer about feedback: {Reason}")]
    public static partial void PeerSilent(ILogger logger, string router, string reason);

    [LoggerMessage(13, LogLevel.Warning, "Model {Model}: who may give feedback by revision is not known: {Reason}")]
    public static partial void AccessUnknown(ILogger logger, string model, string reason);

    [LoggerMessage(12, LogLevel.Warning, "The keys read last stay in use: {Reason}")]
    public static partial void KeysUnreadable(ILogger logger, string reason);

    [LoggerMessage(14, LogLevel.Error, "Model {Model}: its table and pods cannot be put in force; it is routed as before")]
    public static partial void ModelNotRouted(ILogger logger, string model, Exception exception);

    [LoggerMessage(15, LogLevel.Critical, "The watch of the cluster has failed; the router ends so that another one takes over")]
    public static partial void WatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Critical, "Cannot start: {Reason}")]
    public static partial void InvalidConfiguration(ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Error, "A request failed in the router itself")]
    public static partial void UnexpectedFailure(ILogger logger, Exception exception);
}
