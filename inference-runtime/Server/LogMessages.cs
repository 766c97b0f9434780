namespace ModelOperator.Server;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Loading model {Model} from {Path}")]
    public static partial void Loading(ILogger logger, string model, string path);

    [LoggerMessage(2, LogLevel.Warning, "Execution provider {Provider} is left out: {Reason}")]
    public static partial void ProviderLeftOut(ILogger logger, string provider, string reason);

    [LoggerMessage(3, LogLevel.Information, "The model runs on {Providers}")]
    public static partial void Running(ILogger logger, string providers);

    [LoggerMessage(4, LogLevel.Warning, "Output '{Output}' is left out: it is {Kind}, which the protocol cannot carry")]
    public static partial void OutputLeftOut(ILogger logger, string output, string kind);

    [LoggerMessage(5, LogLevel.Information, "Warmed up with shapes {Shapes}")]
    public static partial void WarmedUp(ILogger logger, string shapes);

    [LoggerMessage(6, LogLevel.Warning, "The warm-up found no input that the model computes, the first requests will be slow: {Reason}")]
    public static partial void WarmUpFailed(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Information, "Model {Model} is ready after {Seconds} s")]
    public static partial void Ready(ILogger logger, string model, double seconds);

    [LoggerMessage(8, LogLevel.Critical, "The model cannot be served")]
    public static partial void LoadFailed(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "Request failed: {Method} {Path}")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(
        10, LogLevel.Error, "The model no longer computes what it computed at warm-up; this server stops reporting healthy: {Reason}")]
    public static partial void ModelBroken(ILogger logger, string reason);

    [LoggerMessage(11, LogLevel.Information, "Told to stop: not ready any more, serving what still arrives for up to {Seconds} s")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(12, LogLevel.Information, "Drained after {Seconds} s with {Requests} requests in flight, stopping")]
    public static partial void Drained(ILogger logger, double seconds, long requests);

    [LoggerMessage(13, LogLevel.Information, "Listening on port {Port}")]
    public static partial void Listening(ILogger logger, int port);

    [LoggerMessage(40, LogLevel.Information, "Listening for gRPC on port {Port}")]
    public static partial void ListeningForGrpc(ILogger logger, int port);

    [LoggerMessage(14, LogLevel.Information, "Evaluating {Rows} rows; progress is told on port {Port}")]
    public static partial void Evaluating(ILogger logger, long rows, int port);

    [LoggerMessage(15, LogLevel.Information, "{Rows} of {Total} rows are answered")]
    public static partial void EvaluationProgress(ILogger logger, long rows, long total);

    [LoggerMessage(16, LogLevel.Warning, "Try {Attempt} to ask {Arm} failed, the next is in {Seconds} s: {Reason}")]
    public static partial void AskAgain(ILogger logger, string arm, int attempt, double seconds, string reason);

    [LoggerMessage(
        50, LogLevel.Information, "{Provider} device {Device} computes {Instances} requests at a time, on {Threads} CPU threads")]
    public static partial void Layout(ILogger logger, string provider, int device, int instances, int threads);

    [LoggerMessage(52, LogLevel.Information, "Rows computed together: up to {MaxRows}; {Reason}")]
    public static partial void Batching(ILogger logger, int maxRows, string reason);

    [LoggerMessage(59, LogLevel.Debug, "A batch of {Requests} requests failed and is computed again one request at a time: {Reason}")]
    public static partial void BatchFailed(ILogger logger, int requests, string reason);

    [LoggerMessage(55, LogLevel.Information, "The optimized graph is kept at {Path}")]
    public static partial void OptimizedGraphKept(ILogger logger, string path);

    [LoggerMessage(56, LogLevel.Information, "The optimized graph at {Path} is used")]
    public static partial void OptimizedGraphUsed(ILogger logger, string path);

    [LoggerMessage(57, LogLevel.Warning, "The optimized graph at {Path} cannot be used and is made again: {Reason}")]
    public static partial void OptimizedGraphUnusable(ILogger logger, string path, string reason);

    [LoggerMessage(
        63,
        LogLevel.Warning,
        "{Path} is not used and is made again: it was not kept for this model with this pod's key (--cache-key-file)")]
    public static partial void KeptFileUnusable(ILogger logger, string path);

    [LoggerMessage(58, LogLevel.Information, "Nothing can be kept at {Path}, so that the next start begins anew: {Reason}")]
    public static partial void CacheNotWritable(ILogger logger, string path, string reason);

    [LoggerMessage(60, LogLevel.Error, "Model {Model} cannot be loaded")]
    public static partial void LoadOfModelFailed(ILogger logger, Exception exception, string model);

    [LoggerMessage(61, LogLevel.Information, "Model {Model} is unloaded")]
    public static partial void Unloaded(ILogger logger, string model);

    [LoggerMessage(62, LogLevel.Warning, "Model {Model} is not warmed up for gRPC: {Status} {Reason}")]
    public static partial void GrpcWarmUpFailed(ILogger logger, string model, string status, string reason);

    [LoggerMessage(64, LogLevel.Warning, "The keys of this namespace cannot be read, and what was read last holds: {Reason}")]
    public static partial void KeysUnreadable(ILogger logger, string reason);
}
