namespace ModelOperator.Fetch.Tests;

/// <summary>Fetching from a volume that is a folder of the test's own.</summary>
public abstract class VolumeFixture : FetchFixture
{
    protected string Volume { get; private set; } = null!;

    [SetUp]
    public void CreateVolume() => Volume = Directory.CreateDirectory(Path.Combine(Folder, "volume")).FullName;

    internal FetchOptions Mounted(FetchOptions options) => options with { Volume = Volume };

    protected void Write(string path, string content)
    {
        string file = Path.Combine(Volume, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
