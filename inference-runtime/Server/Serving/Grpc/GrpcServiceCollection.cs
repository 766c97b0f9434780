namespace ModelOperator.Server.Serving.Grpc;

/// <summary>What gRPC is made of.</summary>
internal static class GrpcServiceCollection
{
    public static void AddGrpc(this IServiceCollection services)
    {
        services.AddSingleton<ServerHealth>();
        services.AddSingleton<InferMethod>();
        services.AddSingleton<GrpcWarmUp>();
        services.AddSingleton<StreamInferMethod>();
        services.AddSingleton<InformationMethods>();
        services.AddSingleton<RepositoryMethods>();
        services.AddSingleton<GrpcServer>();
    }
}
