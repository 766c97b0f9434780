using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Tests.Cache;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

public sealed class WatchdogTests
{
    [Test]
    public async Task A_watch_that_stands_still_for_longer_than_any_lasts_makes_the_process_unhealthy()
    {
        var clock = new ManualTimeProvider();
        await using var running = await TestOperator.StartAsync(
            new ScriptedClient().List("5"),
            _ => { },
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(clock);
                builder.AddCache(Resources.ConfigMaps);
            });
        await Eventually.TrueAsync(async () => (await running.ProbeAsync("/readyz")).Status == 200, "the cache is filled");
        clock.Advance(TimeSpan.FromMinutes(19));
        Assert.That(await running.ProbeAsync("/healthz"), Is.EqualTo((200, "ok\n")));

        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.That(await running.ProbeAsync("/healthz"), Is.EqualTo((500, "stuck: the watch of configmaps has stood still for 1260 s\n")));
    }

    [Test]
    public async Task A_server_that_is_away_is_no_fault_of_the_process()
    {
        var clock = new ManualTimeProvider();
        var away = new ScriptedClient();
        await using var running = await TestOperator.StartAsync(
            away,
            _ => { },
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(clock);
                builder.AddCache(Resources.ConfigMaps);
            });
        var started = clock.GetUtcNow();

        await clock.AdvanceUntilAsync(() => away.Calls.Count >= 100, TimeSpan.FromSeconds(30), TimeSpan.FromHours(10));

        Assert.That(clock.GetUtcNow() - started, Is.GreaterThan(TimeSpan.FromMinutes(30)));
        Assert.That((await running.ProbeAsync("/healthz")).Status, Is.EqualTo(200));
        Assert.That((await running.ProbeAsync("/readyz")).Status, Is.EqualTo(503));
    }
}
