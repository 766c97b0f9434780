using ModelOperator.Grpc;
using ModelOperator.Grpc.Health;
using ModelOperator.Grpc.Reflection;
using ModelOperator.GrpcMessages;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>All that can be called over gRPC.</summary>
internal sealed class GrpcServer(
    InferMethod infer, StreamInferMethod stream, InformationMethods information, RepositoryMethods repository, ServerHealth health,
    IHostApplicationLifetime lifetime, ServeOptions options, TimeProvider time, ILogger<GrpcDispatcher> logger)
{
    private readonly GrpcDispatcher _dispatcher = new(
        [
            infer.Method,
            stream.Method,
            .. information.Methods,
            .. repository.Methods,
            .. new HealthService(health, time).Methods,
            .. new ReflectionService(() => [GrpcServiceReflection.Descriptor, .. ReflectionService.OwnFiles], lifetime.ApplicationStopping).Methods,
        ],
        new GrpcLimits { MaxReceiveMessageBytes = (int)options.MaxBodyBytes },
        GrpcErrors.Translate,
        time,
        logger);

    /// <summary>What serves requests to infer, if that is what a path asks for.</summary>
    public RequestDelegate? FindInfer(string path) => path is InferMethod.Path or StreamInferMethod.Path ? ServeAsync : null;

    /// <summary>Serves a request that is a call, and leaves others to what comes next.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        _dispatcher.Find(context) is { } method ? _dispatcher.InvokeAsync(context, method) : next(context);

    private Task ServeAsync(HttpContext context)
    {
        if (_dispatcher.Find(context) is { } method)
        {
            return _dispatcher.InvokeAsync(context, method);
        }

        // HTTP/1.1, which cannot carry it.
        context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        return Task.CompletedTask;
    }
}
