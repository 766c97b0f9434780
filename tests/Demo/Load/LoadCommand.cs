using System.CommandLine;

namespace ModelOperator.Demo.Load;

/// <summary>The load generator as a program: sends, and answers <c>GET /report</c>.</summary>
public static class LoadCommand
{
    public static Command Command()
    {
        var url = new Option<string>("--url") { Description = "Address of the model's Service, such as http://digits.", Required = true };
        var model = new Option<string>("--model") { Description = "Name of the model.", Required = true };
        var rate = new Option<double>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 100 };
        var samples = new Option<FileInfo>("--samples")
        {
            Description = "Labelled samples, one JSON object a line.",
            DefaultValueFactory = _ => new FileInfo("/models/digits-heldout.ndjson"),
        };
        var port = new Option<int>("--port") { Description = "Port of GET /report.", DefaultValueFactory = _ => 8080 };
        var delay = new Option<double>("--truth-delay")
        {
            Description = "Seconds after an answer until its truth is known and fed back.",
            DefaultValueFactory = _ => 0,
        };
        var command =
            new Command("load", "Send labelled digits to a model and feed the truth back.") { url, model, rate, samples, port, delay };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            new Uri(arguments.GetValue(url)!), arguments.GetValue(model)!,
            new LoadOptions { RequestsPerSecond = arguments.GetValue(rate), TruthDelay = TimeSpan.FromSeconds(arguments.GetValue(delay)) },
            Sample.ReadAll(arguments.GetValue(samples)!.FullName), arguments.GetValue(port), cancellationToken));
        return command;
    }

    private static async Task RunAsync(
        Uri url, string model, LoadOptions options, List<Sample> samples, int port, CancellationToken cancellationToken)
    {
        var counters = new LoadCounters(options.RequestsPerSecond, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(server => server.ListenAnyIP(port));
        await using var app = builder.Build();
        app.MapGet("/report", () => TypedResults.Json(counters.Report(), LoadJson.Default.LoadReport));
        await app.StartAsync(cancellationToken);

        using var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromSeconds(30),
            MaxConnectionsPerServer = options.Connections,
        };

        // The generator keeps the time of its calls itself.
        using var http = new HttpClient(handler) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        using var generator = new LoadGenerator(new ModelClient(http, model), samples, counters, options, TimeProvider.System);
        try
        {
            await generator.WaitUntilServedAsync(stopping.Token);
            await generator.RunAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }
}
