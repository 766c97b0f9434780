using ModelOperator.Cli.Cluster;
using ModelOperator.Testing;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>A kubectl that notes how it is called and answers what the test says: StandIn/kubectl.</summary>
internal sealed class StandInKubectl : IDisposable
{
    /// <summary>What time it is for the plugin.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubectl-model-");

    public StandInKubectl() => File.CreateSymbolicLink(Program, Path.Combine(Repository.Root, "tests", "Cli.Tests", "StandIn", "kubectl"));

    /// <summary>Path of the program: a link, by which it knows the folder of this test.</summary>
    public string Program => Path.Combine(_folder.FullName, "kubectl");

    /// <summary>All calls so far, each with its arguments but the last, which every call has.</summary>
    public IReadOnlyList<string[]> Calls => !File.Exists(Path.Combine(_folder.FullName, "calls"))
        ? []
        : [.. File.ReadAllText(Path.Combine(_folder.FullName, "calls"))
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(call => call.Split('\n').SkipLast(1).ToArray())];

    /// <summary>The text of the merge patches so far.</summary>
    public IEnumerable<string> MergePatches =>
        Calls.Where(call => call is ["patch", _, _, "--type", "merge", "-p", ..]).Select(call => call[6]);

    /// <summary>What it prints when it is called so, such as <c>get.2</c> for the second get.</summary>
    public StandInKubectl Answer(string call, string text)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, call), text);
        return this;
    }

    /// <summary>What it complains of, and fails.</summary>
    public StandInKubectl Fail(string call, string errors) => Answer($"{call}.err", errors);

    /// <summary>Runs the plugin with it.</summary>
    public Task<CommandResult> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public Task<CommandResult> RunAsync(CancellationToken cancellationToken, params string[] args) =>
        CommandResult.RunAsync(Stream.Null, new ClusterAccess(Program, new Clock()), cancellationToken, args);

    public void Dispose() => _folder.Delete(recursive: true);

    // Stands still for whoever asks for the time; waiting takes as long as it takes.
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
