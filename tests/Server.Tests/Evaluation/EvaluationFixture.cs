using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Addressing;
using ModelOperator.Server.Evaluation;

namespace ModelOperator.Server.Tests.Evaluation;

/// <summary>Evaluations of a data set in a folder of its own.</summary>
public abstract class EvaluationFixture
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("evaluation-").FullName;

    [OneTimeTearDown]
    public void Remove_the_files() => Directory.Delete(Folder, recursive: true);

    private protected EvaluateOptions Options(string dataset, Uri canary, Uri? stable = null) => new()
    {
        Dataset = dataset,
        ModelName = "m",
        Canary = canary,
        Stable = stable,
        ProgressPort = 0,
        Directory = Folder,
        Networks = AllowedNetworks.TryParse("loopback", out AllowedNetworks networks, out _)
            ? networks
            : throw new InvalidOperationException(),
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    private protected static Task<EvaluationReport> RunAsync(EvaluateOptions options) =>
        EvaluationRun.ExecuteAsync(options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    private protected string Write(params string[] lines)
    {
        string path = Path.Combine(Folder, $"{Guid.NewGuid():N}.ndjson");
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        return path;
    }
}
