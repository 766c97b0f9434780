using System.CommandLine;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Evaluation;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Commands;

/// <summary><c>inference-runtime evaluate</c></summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Dataset = new("--dataset")
    {
        Description = "Rows of {\"inputs\": [...], \"truth\": ...}, one a line: an address as fetch takes it, or a file",
        Required = true,
    };
    private static readonly Option<string?> Digest =
        new("--digest") { Description = "What the data set must be: sha256: and 64 hexadecimal digits" };
    private static readonly Option<string?> Volume = new("--volume") { Description = "Folder the claim of a pvc:// address is mounted at" };
    private static readonly Option<string> Model =
        new("--model") { Description = "Name of the model in the paths of the protocol", Required = true };
    private static readonly Option<string> Canary =
        new("--canary") { Description = "Address of the new revision: http(s)://HOST", Required = true };
    private static readonly Option<string?> Stable =
        new("--stable") { Description = "Address of the revision to compare with; none compares with nothing" };
    private static readonly Option<int> Concurrency = Options.Number(
        "--concurrency", "Rows asked at the same time, each of both revisions", 4, 1, 64);
    private static readonly Option<int> Quantile = Options.Number("--quantile", "Percent at which latency is told", 95, 1, 99);
    private static readonly Option<int> MaxMilliseconds = Options.Number(
        "--max-milliseconds", "Answers slower than this are counted; 0 counts none", 0, 0, 600_000);
    private static readonly Option<string?> Result = new("--result")
    {
        Description = "File that gets the result; the default is what TERMINATION_LOG says, or /dev/termination-log where there is one",
    };

    private static readonly Option<int> ProgressPort = Options.Number(
        "--progress-port", "Port of GET /progress, on all addresses; 0 takes a free one", 8082, 0, 65535);

    public static Command Create()
    {
        Command command = new(
            "evaluate",
            "Asks a new revision, and the one that serves, every row of a labelled data set over the protocol and counts right answers.")
        {
            Dataset, Digest, FetchOptionSet.Credentials, FetchOptionSet.WorkloadIdentity, FetchOptionSet.AllowedNetworks, Volume,
            Model, Canary, Stable, Concurrency, Quantile, MaxMilliseconds,
            FeedbackFlags.Kind, FeedbackFlags.Output, FeedbackFlags.Tolerance, Result, ProgressPort,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            () => RunAsync(Read(parsed), parsed.GetValue(Result), cancellationToken), parsed.GetValue(Result)));
        return command;
    }

    private static EvaluateOptions Read(ParseResult parsed) => new()
    {
        Dataset = parsed.GetRequiredValue(Dataset),
        Sha256 = Options.ParseDigest("--digest", parsed.GetValue(Digest)),
        Credentials = FetchOptionSet.ReadCredentials(parsed),
        WorkloadIdentity = parsed.GetValue(FetchOptionSet.WorkloadIdentity),
        Networks = FetchOptionSet.ReadNetworks(parsed),
        Volume = parsed.GetValue(Volume),
        ModelName = parsed.GetRequiredValue(Model),
        Canary = ParseRevision(parsed.GetRequiredValue(Canary), "--canary"),
        Stable = parsed.GetValue(Stable) is { } stable ? ParseRevision(stable, "--stable") : null,
        Concurrency = parsed.GetValue(Concurrency),
        QuantilePercent = parsed.GetValue(Quantile),
        MaxMilliseconds = parsed.GetValue(MaxMilliseconds) is > 0 and var limit ? limit : null,
        Feedback = Judged(FeedbackFlags.Read(parsed)),
        ProgressPort = parsed.GetValue(ProgressPort),
    };

    private static FeedbackOptions Judged(FeedbackOptions feedback) => feedback switch
    {
        { Kind: PredictionKind.None } => throw new TerminatingException(
            FailureReasons.InvalidConfiguration,
            "--feedback-kind is 'explicit', but an evaluation holds a truth against predictions: want classification or regression"),
        { Kind: PredictionKind.Number, Tolerance: null } => throw new TerminatingException(
            FailureReasons.InvalidConfiguration, "--feedback-tolerance is missing: say how far from the truth a number still is right"),
        _ => feedback,
    };

    private static Uri ParseRevision(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "http" or "https", UserInfo.Length: 0 }
            ? uri
            : throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                $"{option} cannot be used, expected http(s)://HOST without a user name");

    private static async Task RunAsync(EvaluateOptions options, string? result, CancellationToken cancellationToken)
    {
        using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddTimestampedConsole());
        EvaluationReport report = await EvaluationRun.ExecuteAsync(
            options, TimeProvider.System, logging.CreateLogger("evaluate"), cancellationToken);
        string line = JsonSerializer.Serialize(report, EvaluationJson.Default.EvaluationReport) + "\n";
        await Console.Out.WriteAsync(line);
        if ((result ?? TerminationLog.Path) is { } path)
        {
            await WriteAsync(path, line);
        }
    }

    private static async Task WriteAsync(string path, string line)
    {
        try
        {
            await File.WriteAllTextAsync(path, line, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"--result cannot be written: {e.Message}", e);
        }
    }
}
