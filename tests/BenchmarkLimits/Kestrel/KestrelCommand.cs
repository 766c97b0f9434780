using System.CommandLine;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ModelOperator.BenchmarkLimits.Loop;

namespace ModelOperator.BenchmarkLimits.Kestrel;

/// <summary>Kestrel with one delegate and nothing else: no routing, no logging, no limits but its own.</summary>
internal static class KestrelCommand
{
    public static Command Create(string name, string description, RequestDelegate answer)
    {
        Option<int> port = new("--port") { Description = "Port for HTTP/1.1", Required = true };
        Option<int> grpcPort = new("--grpc-port") { Description = "Port for HTTP/2 without TLS", Required = true };
        Option<string?> model = new("--model") { Description = "A model to hold in memory, run once: what a process with it weighs" };
        Command command = new(name, description) { port, grpcPort, model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Bare? held = parsed.GetValue(model) is { } file ? new Bare(new BareOptions { Model = file }) : null;
            held?.Callers[0].Run();
            await using WebApplication app = Build(parsed.GetValue(port), parsed.GetValue(grpcPort), answer);
            await app.RunAsync(cancellationToken);
        });
        return command;
    }

    private static WebApplication Build(int port, int grpcPort, RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenLocalhost(grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
        WebApplication app = builder.Build();
        app.Run(answer);
        return app;
    }
}
