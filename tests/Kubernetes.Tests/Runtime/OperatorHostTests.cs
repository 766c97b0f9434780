using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>The order in which an operator stops, seen from a reconcile that is under way.</summary>
[Category("ApiServer")]
[CancelAfter(120_000)]
public sealed class OperatorHostTests
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task A_stop_waits_for_the_reconcile_under_way_while_lease_and_web_server_stay(
        bool neverEnds, CancellationToken cancellationToken)
    {
        var server = await SharedApiServer.GetAsync();
        await using var @namespace = await server.CreateNamespaceAsync();
        var slow = new Slow();
        await using var running = await TestOperator.StartAsync(
            server.Client,
            settings => settings
                .WithInstance("me")
                .WithNamespace(@namespace.Name)
                .WithStopGrace(TimeSpan.FromSeconds(1))
                .WithLeaderElection(LeaderElectionType.Single)
                .WithLeaderElectionNamespace(@namespace.Name),
            builder =>
            {
                builder.Services.AddSingleton(slow);
                builder.AddController<SlowController, ConfigMap>(Resources.ConfigMaps);
            });
        await server.World.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "a" } }, @namespace.Name, cancellationToken: cancellationToken);
        await Eventually.TrueAsync(() => slow.Started, "the reconcile begins");

        var stopping = running.StopAsync();
        await Task.Delay(300, cancellationToken);
        Assert.That((await running.ProbeAsync("/healthz")).Status, Is.EqualTo(200));
        Assert.That(await HolderAsync(), Is.EqualTo("me"));
        Assert.That(stopping.IsCompleted, Is.False);
        if (!neverEnds)
        {
            slow.Finish.SetResult();
        }

        await stopping;
        Assert.That(slow.Outcome, Is.EqualTo(neverEnds ? "cancelled" : "finished"));
        Assert.That(await HolderAsync(), Is.Null);

        async Task<string?> HolderAsync() =>
            (await server.World.CoordinationV1.ReadNamespacedLeaseAsync(
                "test-operator", @namespace.Name, cancellationToken: cancellationToken)).Spec.HolderIdentity;
    }

    private sealed class Slow
    {
        public volatile bool Started;

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Outcome { get; set; } = "";
    }

    private sealed class SlowController(Slow slow) : IEntityController<ConfigMap>
    {
        public async Task<ReconciliationResult<ConfigMap>> ReconcileAsync(ConfigMap entity, CancellationToken cancellationToken)
        {
            if (entity.Metadata.Name != "a")
            {
                return ReconciliationResult<ConfigMap>.Success(entity);
            }

            slow.Started = true;
            try
            {
                await slow.Finish.Task.WaitAsync(cancellationToken);
                slow.Outcome = "finished";
            }
            catch (OperationCanceledException)
            {
                slow.Outcome = "cancelled";
                throw;
            }

            return ReconciliationResult<ConfigMap>.Success(entity);
        }

        public Task<ReconciliationResult<ConfigMap>> DeletedAsync(ConfigMap entity, CancellationToken cancellationToken) =>
            Task.FromResult(ReconciliationResult<ConfigMap>.Success(entity));
    }
}
