using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Api;
using ModelOperator.Controller.Decide;
using ModelOperator.Controller.Sources;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Decide;

/// <summary>A status that cannot be written, because the model has changed or gone.</summary>
public sealed class OutdatedTests
{
    [TestCase(HttpStatusCode.Conflict)]
    [TestCase(HttpStatusCode.NotFound)]
    public async Task A_status_the_server_will_not_take_is_tried_again_with_backoff(HttpStatusCode code)
    {
        await using WebApplication application = OperatorApplication.Build(
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
            builder => builder.Services.AddSingleton<IKubernetesClient>(new RefusingClient(code)));
        var controller = application.Services.GetRequiredService<ModelDeploymentController>();
        ModelDeployment invalid = Models.Digits(model => model.Spec.Model.Uri = "nonsense");

        var result = await controller.ReconcileAsync(invalid, CancellationToken.None);

        Assert.That((result.IsOutdated, result.RequeueAfter), Is.EqualTo((true, (TimeSpan?)null)), "a wait of its own would start the backoff anew each time");
    }

    /// <summary>Has no such version of what is written.</summary>
    private sealed class RefusingClient(HttpStatusCode code) : IKubernetesClient
    {
        public Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
            where T : KubernetesObject => throw new KubernetesException(code, code.ToString(), "no such version");

        public Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
            where T : KubernetesObject => Task.FromResult<T?>(null);

        public Task<KubernetesList<T>> ListAsync<T>(ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
            where T : KubernetesObject => throw new NotSupportedException();

        public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
            ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
            where T : KubernetesObject => throw new NotSupportedException();

        public Task<T> ApplyAsync<T>(
            ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
            where T : KubernetesObject => throw new NotSupportedException();

        public Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
            where T : KubernetesObject => throw new NotSupportedException();

        public Task<T> MergePatchAsync<T>(
            ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken, string? subresource = null)
            where T : KubernetesObject => throw new NotSupportedException();

        public Task DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
            where T : KubernetesObject => throw new NotSupportedException();
    }
}
