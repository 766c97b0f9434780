namespace ModelOperator.Api.Tests;

/// <summary>A folder of its own, gone with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("model-operator-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
