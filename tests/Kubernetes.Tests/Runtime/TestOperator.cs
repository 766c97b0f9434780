using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>An operator as a program would run it, on free ports, against a real API server.</summary>
internal sealed class TestOperator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestOperator(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    public int HttpPort => Port("http:");

    public int HttpsPort => Port("https:");

    public static async Task<TestOperator> StartAsync(
        IKubernetesClient client, Action<OperatorSettingsBuilder> settings, Action<OperatorBuilder> configure,
        Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(client);
        configure(builder.Services.AddKubernetesOperator(s =>
            settings(s.WithName("test-operator").WithInstance("test-0").WithReconcileStrategy(ReconcileStrategy.ByResourceVersion))));
        var app = builder.Build();
        app.MapOperatorProbes();
        map?.Invoke(app);
        await app.StartAsync();
        return new(app);
    }

    public async Task<(int Status, string Body)> ProbeAsync(string path)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync($"http://127.0.0.1:{HttpPort}{path}");
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private int Port(string scheme) => new Uri(
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .First(a => a.StartsWith(scheme, StringComparison.Ordinal))
            .Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port;
}
