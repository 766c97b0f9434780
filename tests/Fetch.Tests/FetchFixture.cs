using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Fetch.Stores;

namespace ModelOperator.Fetch.Tests;

/// <summary>A folder of a test's own, and fetching into it.</summary>
public abstract class FetchFixture
{
    protected string Folder { get; private set; } = null!;

    protected string Output => Path.Combine(Folder, "models", "model.onnx");

    [SetUp]
    public void CreateFolder() => Folder = Directory.CreateTempSubdirectory("fetch-tests-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(Folder, recursive: true);

    internal Task<string> FetchAsync(
        string address, Func<FetchOptions, FetchOptions>? change = null, CancellationToken cancellationToken = default)
    {
        FetchOptions options = FetchTesting.Options(address, Output);
        return new ModelFetcher(change?.Invoke(options) ?? options, TimeProvider.System, NullLogger.Instance).FetchAsync(cancellationToken);
    }

    internal async Task<TerminatingException> FailureAsync(string address, Func<FetchOptions, FetchOptions>? change = null) =>
        (await Assert.ThrowsAsync<TerminatingException>(() => FetchAsync(address, change)))!;

    /// <summary>A secret as it is mounted.</summary>
    internal SecretFolder Secret(params (string Key, string Value)[] keys)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "secret-" + Guid.NewGuid().ToString("N"))).FullName;
        foreach ((string key, string value) in keys)
        {
            File.WriteAllText(Path.Combine(folder, key), value);
        }

        return new SecretFolder(folder);
    }

    /// <summary>What is where models are served from, by relative path.</summary>
    internal Dictionary<string, string> Fetched()
    {
        string root = Path.GetDirectoryName(Output)!;
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != ".digest")
                .ToDictionary(file => Path.GetRelativePath(root, file), File.ReadAllText)
            : [];
    }
}
