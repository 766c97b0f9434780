namespace ModelOperator.Server.Commands;

/// <summary>How the commands log.</summary>
internal static class ConsoleLogging
{
    public static ILoggingBuilder AddTimestampedConsole(this ILoggingBuilder builder) => builder
        .ClearProviders()
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        })
        .AddFilter("Microsoft", LogLevel.Warning);
}
