using System.CommandLine;
using ModelOperator.Server.Fetching;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Commands;

/// <summary><c>inference-runtime fetch</c></summary>
internal static class FetchCommand
{
    private static readonly Option<string> ModelSource = new("--uri") { Description = "Where the model is: http(s)://HOST/PATH", Required = true };
    private static readonly Option<string> Output = new("--output") { Description = "File to write; it appears whole or not at all", Required = true };
    private static readonly Option<string?> Digest = new("--digest") { Description = "What the model must be: sha256: and 64 hexadecimal digits" };
    private static readonly Option<string?> Credentials = new("--credentials")
    {
        Description = "Folder with the file token, or the files username and password; sent to the host of the URI alone",
    };

    private static readonly Option<int> MaxGibibytes = Options.Number("--max-gibibytes", "Size of the model", 10, 1, 1024);
    private static readonly Option<int> Retries = Options.Number("--retries", "Further tries after one that failed for a reason that may pass", 6, 1, 100);
    private static readonly Option<int> Timeout = Options.Number("--timeout-seconds", "How long everything may take", 3600, 1, 86_400);

    public static Command Create()
    {
        GroupedCommand command = new("fetch", "Downloads a model, checks its digest, and writes it to a file.")
        {
            { "Source", ModelSource, Digest, Credentials },
            { "Destination", Output },
            { "Limits", MaxGibibytes, Retries, Timeout },
            { "Operations", OperationsFlags.OfLogs },
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(() => RunAsync(Read(parsed), OperationsFlags.ReadLogs(parsed), cancellationToken)));
        return command;
    }

    private static FetchOptions Read(ParseResult parsed) => new()
    {
        Uri = ModelUri.Parse(parsed.GetRequiredValue(ModelSource), "--uri"),
        Output = parsed.GetRequiredValue(Output),
        Sha256 = Options.ParseDigest(parsed.GetValue(Digest)),
        Credentials = parsed.GetValue(Credentials) is { } directory ? ModelCredentials.Read(directory) : null,
        MaxBytes = parsed.GetValue(MaxGibibytes) * 1024L * 1024 * 1024,
        Retries = parsed.GetValue(Retries),
        Timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
    };

    private static async Task RunAsync(FetchOptions options, LogOptions logs, CancellationToken cancellationToken)
    {
        using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddTimestampedConsole(logs));
        using HttpClient client = ModelHttp.NewClient();
        ModelFetcher fetcher = new(options, client, TimeProvider.System, logging.CreateLogger("fetch"));
        await fetcher.FetchAsync(cancellationToken);
    }
}
