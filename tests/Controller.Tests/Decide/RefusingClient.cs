using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Controller.Sources;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Decide;

/// <summary>A server that has nothing and refuses what it is told to refuse, for one reconcile at a time.</summary>
internal sealed class RefusingClient : PlayedClient
{
    /// <summary>Refuses every replace; null takes them.</summary>
    public KubernetesException? OnUpdate { get; init; }

    /// <summary>Refuses every apply.</summary>
    public KubernetesException? OnApply { get; init; }

    /// <summary>The whole operator over such a server; it is not started.</summary>
    public static WebApplication Operator(RefusingClient client, Action<WebApplicationBuilder>? configure = null) =>
        OperatorApplication.Build(
            new OperatorSettings
            {
                Controller = new ControllerOptions { RuntimeImage = "runtime", RouterImage = "router" },
                PodNamespace = "system",
                PodName = "operator-0",
                WebhookPort = null,
            },
            new KubernetesClientConfiguration { Server = new Uri("https://nowhere.test") },
            new EvidenceOptions(),
            new SourceOptions(),
            builder =>
            {
                builder.Services.AddSingleton<IKubernetesClient>(client);
                configure?.Invoke(builder);
            });

    public override Task<T> UpdateAsync<T>(
        ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null) =>
        OnUpdate is null ? Task.FromResult(entity) : throw OnUpdate;

    public override Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null) =>
        throw OnApply ?? (Exception)new NotSupportedException();

    public override Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : class => Task.FromResult<T?>(null);
}
