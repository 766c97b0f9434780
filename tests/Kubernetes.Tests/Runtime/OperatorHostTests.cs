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
    public async Task A_stop_waits_for_the_reconcile_under_way_while_lease_and_web_server_stay(bool neverEnds, CancellationToken cancellationToken)
    {
        var server = await SharedApiServer.GetAsync();
        await using var @namespace = await server.CreateNamespaceAsync();
        var slow = new Slow();
        await using var running = await TestOperator.StartAsync(
            server.Client,
            o =>
            {
                o.WatchNamespace = @namespace.Name;
                o.StopGrace = TimeSpan.FromSeconds(1);
                o.LeaderElection = new() { Namespace = @namespace.Name, Name = "lease", Identity = "me" };
            },
            builder =>
            {
                builder.Services.AddSingleton(slow);
                builder.AddController<SlowController, ConfigMap>(Resources.ConfigMaps);
            });
        await server.Client.CreateAsync(
            Resources.ConfigMaps, new ConfigMap { Metadata = { Namespace = @namespace.Name, Name = "a" } }, cancellationToken);
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
            (await server.Client.GetAsync(Resources.Leases, @namespace.Name, "lease", cancellationToken))!.Spec.HolderIdentity;
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
                return ReconciliationResult<ConfigMap>.Success();
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

            return ReconciliationResult<ConfigMap>.Success();
        }
    }
}
