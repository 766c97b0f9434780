using ModelOperator.Api;
using ModelOperator.Controller.Admit;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Decide;
using ModelOperator.Controller.Observe;
using ModelOperator.Controller.Sources;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Kubernetes.Runtime.Webhooks;

namespace ModelOperator.Controller;

/// <summary>Puts the program together.</summary>
internal static class OperatorApplication
{
    // Reconciles wait for the API server and for routers, not for the processor.
    private const int Workers = 8;

    private const string OurLabel = $"{Labels.ManagedBy}={Labels.Operator}";

    public static WebApplication Build(
        OperatorSettings settings, KubernetesClientConfiguration cluster, EvidenceOptions evidence, SourceOptions sources,
        Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(settings.HttpPort));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddKubernetesClient(cluster);
        builder.Services.AddSingleton(settings.Controller);
        builder.Services.AddSingleton(evidence);
        builder.Services.AddSingleton(sources);
        AddController(builder.Services);
        AddOperator(builder.Services, settings);
        builder.Services.AddOperatorMetrics();
        configure?.Invoke(builder);

        WebApplication application = builder.Build();
        application.MapOperatorProbes();
        application.MapOperatorMetrics();
        application.MapWebhooks();
        return application;
    }

    private static void AddController(IServiceCollection services)
    {
        services.AddSingleton<ControllerMetrics>();
        services.AddSingleton<RequesterRights>();
        services.AddSingleton<ModelAdmission>();
        services.AddSingleton<OrderSigner>();
        services.AddSingleton<OrderAttribution>();
        services.AddSingleton<ControlOrders>();
        services.AddSingleton<RouterKeys>();
        services.AddSingleton<EvidenceReader>();
        services.AddSingleton<RouterReports>();
        services.AddSingleton<SourceHttp>();
        services.AddSingleton<SourceSecrets>();
        services.AddSingleton<PrometheusClient>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<PrometheusReader>();
        services.AddSingleton<RevisionServices>();
        services.AddSingleton<GateJobReader>();
        services.AddSingleton<GateJobs>();
        services.AddSingleton<SourceReader>();
        services.AddSingleton<ProgressReader>();
        services.AddSingleton<EvaluationObserver>();
        services.AddSingleton<EvaluationJobs>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<DefinitionCheck>();
        services.AddSingleton<RevisionFinder>();
        services.AddSingleton<WorldGatherer>();
        services.AddSingleton<LatestModels>();
        services.AddSingleton<ValidSpecs>();
        services.AddSingleton<StatusWriter>();
        services.AddSingleton<OwnedObjects>();
        services.AddSingleton<NameConflicts>();
        services.AddSingleton<RouterReviews>();
        services.AddSingleton<RouterBudgets>();
        services.AddSingleton<NamespacePolicies>();
        services.AddSingleton<NamespaceRouter>();
        services.AddSingleton<RevisionDeployments>();
        services.AddSingleton<RevisionModels>();
        services.AddSingleton<RevisionRecords>();
        services.AddSingleton<Announcer>();
    }

    private static void AddOperator(IServiceCollection services, OperatorSettings settings)
    {
        OperatorBuilder @operator = services.AddKubernetesOperator(builder => builder
            .WithName(OperatorSettings.Name)
            .WithInstance(settings.PodName)
            .WithNamespace(settings.WatchNamespace)
            .WithLeaderElection(LeaderElectionType.Single)
            .WithLeaderElectionNamespace(settings.PodNamespace)
            .WithReconcileStrategy(ReconcileStrategy.ByGeneration)
            .WithParallelReconciliation(parallel => parallel.WithMaxParallelReconciliations(Workers)));
        @operator
            .AddCache(ModelDeploymentResource.Type, options => options with { ConsistentFirstList = true })
            .AddCache(Resources.Deployments, Ours)
            .AddCache(Resources.Services, Ours)
            .AddCache(Resources.Pods, Ours)
            .AddCache(Resources.Jobs, Ours)
            .AddController<ModelDeploymentController, ModelDeployment>(ModelDeploymentResource.Type, controller => controller
                .Watches(Resources.Deployments, Affected.ByDeployment)
                .Watches(Resources.Services, Affected.ByService)
                .Watches(Resources.Pods, Affected.ByPod)
                .Watches(Resources.Jobs, Affected.ByJob));
        if (settings.WebhookPort is { } port)
        {
            @operator
                .AddWebhookServer(new WebhookServerOptions
                {
                    Port = port,
                    Names =
                    [
                        $"{OperatorSettings.Name}.{settings.PodNamespace}.svc",
                        $"{OperatorSettings.Name}.{settings.PodNamespace}.svc.cluster.local",
                    ],
                    SecretNamespace = settings.PodNamespace,
                    SecretName = $"{OperatorSettings.Name}-webhook",
                    ConfigurationName = OperatorSettings.Name,
                })
                .AddWebhook(ModelDeploymentResource.Type, "/validate", (services, request, cancellationToken) =>
                    services.GetRequiredService<ModelAdmission>().JudgeAsync(request, cancellationToken))
                .AddWebhook(ModelDeploymentResource.Type, "/attribute", (services, request, _) =>
                    Task.FromResult(services.GetRequiredService<OrderAttribution>().Attribute(request)));
        }
    }

    private static Kubernetes.Cache.ReflectorOptions Ours(Kubernetes.Cache.ReflectorOptions options) =>
        options with { LabelSelector = OurLabel };
}
