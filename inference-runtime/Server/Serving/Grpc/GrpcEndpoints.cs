using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection;
using ModelOperator.GrpcMessages;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Puts gRPC together: the methods that clients call, health and reflection.</summary>
internal static class GrpcEndpoints
{
    /// <summary>The library would look for them by .NET's reflection, and not find those of methods that are added by hand.</summary>
    private static IEnumerable<Descriptor> Services =>
    [
        GrpcServiceReflection.Descriptor.Services[0],
        Health.Descriptor,
        V1.ServerReflection.Descriptor,
        V1Alpha.ServerReflection.Descriptor,
    ];

    public static void AddGrpcServer(this IServiceCollection services, ServeOptions options)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = (int)options.MaxBodyBytes;
            foreach (Decompression provider in Decompression.All)
            {
                grpc.CompressionProviders.Add(provider);
            }
        });
        services.AddSingleton(_ => new ReflectionServiceImpl(Services));
        services.AddSingleton(_ => new ReflectionV1ServiceImpl(Services));
        services.AddGrpcReflection();
        services.AddLogging(logging => logging
            // What clients do wrong is theirs to know.
            .AddFilter("Grpc", options.Logs.Level > LogLevel.Warning ? options.Logs.Level : LogLevel.Warning));
        services.AddSingleton<ServerHealth>();
        services.AddSingleton<HealthService>();
        services.AddSingleton<InferMethod>();
        services.AddSingleton<StreamInferMethod>();
        services.AddSingleton<InformationMethods>();
        services.AddSingleton<RepositoryMethods>();
        services.AddSingleton<GrpcPipeline>();
        services.AddSingleton<GrpcWarmUp>();
    }

    public static void MapGrpc(this WebApplication app)
    {
        app.MapGrpcService(Inference(app.Services));
        app.MapGrpcService<HealthService>();
        app.MapGrpcReflectionService();
    }

    private static ServerServiceDefinition Inference(IServiceProvider services)
    {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.CreateBuilder();
        service.AddMethod(InferMethod.Method, services.GetRequiredService<InferMethod>().ServeAsync);
        service.AddMethod(StreamInferMethod.Method, services.GetRequiredService<StreamInferMethod>().ServeAsync);
        services.GetRequiredService<InformationMethods>().AddTo(service);
        services.GetRequiredService<RepositoryMethods>().AddTo(service);
        return service.Build();
    }
}
