using System.CommandLine;
using ModelOperator.Server.Serving;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Commands;

/// <summary>Flags of what those who operate a server see of it.</summary>
internal static class OperationsFlags
{
    private static readonly Option<string> Format = Options.OneOf("--log-format", "How log lines look", "text", "text", "json");
    private static readonly Option<string> Level = Options.OneOf(
        "--log-level", "The least important lines that are logged", "information", "trace", "debug", "information",
        "warning", "error", "critical");

    private static readonly Option<string?> Traces = new("--otlp-endpoint")
    {
        Description = "Where traces go by OTLP, such as http://collector:4318; without it OTEL_EXPORTER_OTLP_ENDPOINT says so, "
            + "and without that there are none; other variables of OpenTelemetry hold too",
        HelpName = "URL",
    };

    public static IReadOnlyList<Option> OfLogs { get; } = [Format, Level];

    public static IReadOnlyList<Option> OfTraces { get; } = [Traces];

    public static LogOptions ReadLogs(ParseResult parsed) => new()
    {
        Format = Enum.Parse<LogFormat>(parsed.GetRequiredValue(Format), ignoreCase: true),
        Level = Enum.Parse<LogLevel>(parsed.GetRequiredValue(Level), ignoreCase: true),
    };

    public static TraceOptions? ReadTraces(ParseResult parsed)
    {
        if (parsed.GetValue(Traces) is not { } text)
        {
            return TraceOptions.OfEnvironment(Environment.GetEnvironmentVariables());
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
            ? new TraceOptions(endpoint)
            : throw new TerminatingException(
                FailureReasons.InvalidConfiguration, $"--otlp-endpoint is '{text}', expected http(s)://HOST:PORT");
    }
}
