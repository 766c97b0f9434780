using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace OpenTelemetry;

/// <summary>
/// What the package OpenTelemetry.Extensions.Hosting would bring: <c>services.AddOpenTelemetry().WithMetrics(...)</c>, with the
/// meter provider built when the host starts, so that nothing measured before the first scrape is lost.
/// </summary>
public static class OpenTelemetryServicesExtensions
{
    public static IOpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        // First, so that other hosted services can measure while they start.
        if (!services.Any(s => s.ImplementationType == typeof(MeterProviderStarter)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, MeterProviderStarter>());
        }

        return new Builder(services);
    }

    private sealed record Builder(IServiceCollection Services) : IOpenTelemetryBuilder;

    private sealed class MeterProviderStarter(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = services.GetService<MeterProvider>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
