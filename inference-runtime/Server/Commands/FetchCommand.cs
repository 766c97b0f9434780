using System.CommandLine;
using ModelOperator.Addressing;
using ModelOperator.Fetch;
using ModelOperator.Fetch.Archives;
using ModelOperator.Fetch.Signatures;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Commands;

/// <summary><c>inference-runtime fetch</c></summary>
internal static class FetchCommand
{
    private const long Gibibyte = 1024L * 1024 * 1024;

    private static readonly Option<string> ModelSource =
        new("--uri") { Description = $"Where the model is: {ModelAddress.Forms}", Required = true };
    private static readonly Option<string> Output = new("--output")
    {
        Description = "File to write; it appears whole or not at all, and after what belongs to it",
        Required = true,
    };
    private static readonly Option<string?> Digest =
        new("--digest") { Description = "What the file or archive must be: sha256: and 64 hexadecimal digits" };
    private static readonly Option<string> Pin = new("--pin")
    {
        Description =
            "File with the digest that all files together must have, as an earlier fetch reported it; "
            + "none is asked for when it is not there",
        DefaultValueFactory = _ => Path.Combine(ModelPin.Directory, ModelPin.FileName),
    };

    private static readonly Option<string?> PublicKey = new("--public-key")
    {
        Description = "File of the ECDSA P-256 public key (PEM) that the model must be signed with, as cosign does",
    };
    private static readonly Option<string?> Volume = new("--volume") { Description = "Folder the claim of a pvc:// address is mounted at" };
    private static readonly Option<string?> Cache = new("--cache")
    {
        Description = "Folder shared with other fetches: files whose digest is known are kept there and taken from there",
    };
    private static readonly Option<int> CacheGibibytes = Options.Number(
        "--cache-gibibytes", "Size of the cache; those not used for longest go first", 100, 1, 100_000);
    private static readonly Option<int> MaxGibibytes = Options.Number(
        "--max-gibibytes", "Size of the model, and of what an archive holds", 20, 1, 1024);
    private static readonly Option<int> Connections = Options.Number(
        "--connections", "Parts of a file downloaded at the same time", 4, 1, 32);
    private static readonly Option<int> Retries = Options.Number(
        "--retries", "Further tries after one that failed for a reason that may pass", 6, 1, 100);
    private static readonly Option<int> Timeout = Options.Number("--timeout-seconds", "How long everything may take", 3600, 1, 86_400);

    public static Command Create()
    {
        Command command = Options.Command(
            "fetch",
            "Downloads a model, checks its digest and signature, unpacks it when it is an archive, and writes it to a file.",
            [
                ModelSource, Digest, Pin, PublicKey, FetchOptionSet.Credentials, FetchOptionSet.WorkloadIdentity,
                FetchOptionSet.AllowedNetworks, Volume,
                Output, Cache, CacheGibibytes, MaxGibibytes, Connections, Retries, Timeout, .. OperationsFlags.OfLogs,
            ]);
        command.SetAction((parsed, cancellationToken) =>
            CommandRunner.RunAsync(() => RunAsync(Read(parsed), OperationsFlags.ReadLogs(parsed), cancellationToken)));
        return command;
    }

    private static FetchOptions Read(ParseResult parsed) => new()
    {
        Address = FetchOptionSet.ParseAddress(parsed.GetRequiredValue(ModelSource), "--uri"),
        Output = parsed.GetRequiredValue(Output),
        Sha256 = Options.ParseDigest("--digest", parsed.GetValue(Digest)),
        Pin = ReadPin(parsed.GetValue(Pin)!),
        Credentials = FetchOptionSet.ReadCredentials(parsed),
        WorkloadIdentity = parsed.GetValue(FetchOptionSet.WorkloadIdentity),
        Networks = FetchOptionSet.ReadNetworks(parsed),
        SignatureKey = parsed.GetValue(PublicKey) is { } key ? SignatureKey.Read(key) : null,
        Volume = parsed.GetValue(Volume),
        Cache = parsed.GetValue(Cache),
        CacheBytes = parsed.GetValue(CacheGibibytes) * Gibibyte,
        MaxBytes = parsed.GetValue(MaxGibibytes) * Gibibyte,
        ArchiveLimits = new ArchiveLimits { MaxBytes = parsed.GetValue(MaxGibibytes) * Gibibyte },
        Connections = parsed.GetValue(Connections),
        Retries = parsed.GetValue(Retries),
        Timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
    };

    private static string? ReadPin(string file)
    {
        try
        {
            return File.Exists(file) ? Options.ParseDigest("--pin", File.ReadAllText(file).Trim()) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"--pin is '{file}', which cannot be read: {e.Message}", e);
        }
    }

    private static async Task RunAsync(FetchOptions options, LogOptions logs, CancellationToken cancellationToken)
    {
        using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddTimestampedConsole(logs));
        string digest = await new ModelFetcher(options, TimeProvider.System, logging.CreateLogger("fetch")).FetchAsync(cancellationToken);
        TerminationLog.Write(ModelPin.Report(digest));
    }
}
