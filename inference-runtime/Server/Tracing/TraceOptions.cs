using System.Collections;

namespace ModelOperator.Server.Tracing;

/// <summary>That traces are sent.</summary>
/// <param name="Endpoint">Where to; null where OpenTelemetry's variables say so.</param>
internal sealed record TraceOptions(Uri? Endpoint)
{
    /// <summary>What OpenTelemetry's own variables ask for; null when they ask for no traces.</summary>
    public static TraceOptions? OfEnvironment(IDictionary variables) =>
        (variables["OTEL_EXPORTER_OTLP_ENDPOINT"] is string { Length: > 0 }
            || variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] is string { Length: > 0 })
        && !"true".Equals(variables["OTEL_SDK_DISABLED"] as string, StringComparison.OrdinalIgnoreCase)
        && !"none".Equals(variables["OTEL_TRACES_EXPORTER"] as string, StringComparison.OrdinalIgnoreCase)
            ? new TraceOptions(Endpoint: null)
            : null;
}
