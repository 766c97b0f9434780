using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Commands;

/// <summary>How the commands log.</summary>
internal static class ConsoleLogging
{
    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static ILoggingBuilder AddTimestampedConsole(this ILoggingBuilder builder, LogOptions? options = null)
    {
        options ??= new LogOptions();
        builder.ClearProviders()
            // Log lines of a request carry the ids of its trace; without tracing there are none.
            .Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId)
            .SetMinimumLevel(options.Level)
            .AddFilter("Microsoft", options.Level > LogLevel.Warning ? options.Level : LogLevel.Warning)
            // Its mere being enabled makes ASP.NET Core begin an activity and a log scope for every request. What it logs is logged here.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        return options.Format == LogFormat.Json
            ? builder.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Time;
                console.IncludeScopes = true;
            })
            : builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Time + " ";
            });
    }
}
