using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ModelOperator.Server.Tracing;

/// <summary>Sends traces while the server runs, and what is left of them when it stops.</summary>
internal sealed class TraceExport(TraceOptions options) : IHostedService, IDisposable
{
    private TracerProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The SDK's variables shall hold, and with them those of this process alone: the server's own configuration has none.
        Dictionary<string, string?> given = new(StringComparer.Ordinal);
        if (options.Endpoint is { } endpoint)
        {
            given["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint.AbsoluteUri;
        }

        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") is null or "")
        {
            // As the specification recommends; the other one has a port of its own.
            given["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        }

        IConfiguration configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(given).Build();
        _provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(
                resource => resource.AddService("inference-runtime", serviceVersion: Version).AddEnvironmentVariableDetector())
            .AddSource(Traces.WebServer, Traces.SourceName)
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the web server stopped: its last spans end with it.</summary>
    public void Dispose() => _provider?.Dispose();

    private static string? Version => typeof(TraceExport).Assembly.GetName().Version?.ToString(3);
}
