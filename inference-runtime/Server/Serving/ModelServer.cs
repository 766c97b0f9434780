using System.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelOperator.Server.Commands;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Serving.Grpc;
using ModelOperator.Server.Statistics;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Serving;

/// <summary>Puts the server together.</summary>
internal static class ModelServer
{
    /// <summary>Requests in flight when the port is closed end by themselves at their timeout.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    public static WebApplication Build(ServeOptions options)
    {
        // Settings are read where the command line is; what ASP.NET Core reads and watches by itself would surprise, and cost time at the
        // start.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.AddTimestampedConsole(options.Logs);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.RequestTimeout + StopMargin);
        AddServices(builder.Services, options);

        WebApplication app = builder.Build();
        app.Services.GetRequiredService<ModelControl>().Prepare();
        Map(app);
        Refusals.Answer(app.Services.GetRequiredService<DiagnosticListener>());
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ServeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.ListenAnyIP(options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            Refusals.Prepare(listen);
        });
        options.Network.ApplyTo(kestrel.Limits, options.MaxBodyBytes);
        if (options.GrpcPort >= 0)
        {
            GrpcPort.Listen(kestrel, options.GrpcPort);
        }
    }

    private static void AddServices(IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options.Limits);
        services.AddSingleton<ExitState>();
        services.AddSingleton<DrainState>();
        services.AddSingleton<Admission>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<HttpStatistics>();
        services.AddSingleton(options.Feedback);
        services.AddSingleton(new PredictionStore(options.Feedback.Capacity));
        services.AddSingleton(s => ModelOpener.For(
            options.Execution, options.Feedback, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ServedModel>>()));
        services.AddSingleton(options.Execution);
        services.AddSingleton(new RepositoryOptions(
            options.ModelControl, options.ModelRepository, options.LatestVersions, RetireAfter: options.RequestTimeout));
        services.AddSingleton<IModelStore>(
            options.ModelRepository is { } root ? new ModelDirectory(root, options.LatestVersions) : new SingleModel(Single(options)));
        services.AddSingleton<ModelRepository>();
        services.AddSingleton<ModelControl>();
        services.AddSingleton<InferenceService>();
        services.AddSingleton<InferEndpoint>();
        services.AddSingleton<IWarmUp, EndpointWarmUp>();
        services.AddSingleton<FeedbackGuard>();
        services.AddSingleton<FeedbackEndpoint>();
        services.AddSingleton<MetadataEndpoints>();
        services.AddSingleton<RepositoryEndpoints>();
        services.AddSingleton<RequestPipeline>();
        services.AddGrpcServer(options);
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, DrainingLifetime>());
        services.AddHostedService<ModelLoader>();
        if (options.Traces is { } traces)
        {
            services.AddSingleton<IHostedService>(_ => new TraceExport(traces));
        }

        services.AddServerMetrics(options);
    }

    private static ModelSource Single(ServeOptions options) => new(options.ModelName, options.ModelVersion, options.ModelPath)
    {
        LabelsPath = Path.Combine(Path.GetDirectoryName(options.ModelPath) ?? "", ModelDirectory.LabelsFile),
    };

    private static void Map(WebApplication app)
    {
        GrpcPipeline grpc = app.Services.GetRequiredService<GrpcPipeline>();
        RequestPipeline pipeline = app.Services.GetRequiredService<RequestPipeline>();
        app.Use(next => context => GrpcPipeline.IsCall(context.Request)
            ? grpc.InvokeAsync(context, next)
            : pipeline.InvokeAsync(context, next));
        app.UseRouting();
        app.MapGrpc();

        MetadataEndpoints metadata = app.Services.GetRequiredService<MetadataEndpoints>();
        app.MapRead("/v2", MetadataEndpoints.ServerAsync);
        app.MapRead("/v2/health/live", metadata.LiveAsync);
        app.MapRead("/v2/health/ready", metadata.ReadyAsync);
        InferEndpoint infer = app.Services.GetRequiredService<InferEndpoint>();
        FeedbackEndpoint feedback = app.Services.GetRequiredService<FeedbackEndpoint>();
        foreach (string model in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            app.MapRead(model, metadata.ModelAsync);
            app.MapRead(model + "/ready", metadata.ModelReadyAsync);
            app.MapPost(model + "/infer", (RequestDelegate)infer.HandleAsync);
            app.MapPost(model + "/feedback", (RequestDelegate)feedback.HandleAsync);
        }

        app.Services.GetRequiredService<RepositoryEndpoints>().Map(app);
        app.MapServerMetrics();
    }
}
