using System.CommandLine;
using Microsoft.Extensions.FileProviders;

namespace ModelOperator.Demo;

/// <summary>Serves a folder of model files over HTTP: the simplest model store there is.</summary>
public static class ModelStore
{
    public static Command Command()
    {
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "Folder of model files.",
            DefaultValueFactory = _ => new DirectoryInfo("/models"),
        };
        var port = new Option<int>("--port") { Description = "Port to listen on.", DefaultValueFactory = _ => 8080 };
        var command = new Command("store", "Serve the files of a folder over HTTP.") { folder, port };
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(arguments.GetValue(folder)!.FullName, arguments.GetValue(port), cancellationToken));
        return command;
    }

    private static async Task RunAsync(string folder, int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(server => server.ListenAnyIP(port));
        await using var app = builder.Build();
        app.MapGet("/healthz", () => TypedResults.Text("ok"));
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(folder),
            ServeUnknownFileTypes = true,
            DefaultContentType = "application/octet-stream",
        });
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
