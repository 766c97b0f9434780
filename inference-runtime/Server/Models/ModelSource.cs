namespace ModelOperator.Server.Models;

/// <summary>Where one version of a model comes from.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">The version.</param>
/// <param name="Path">File of the model.</param>
internal sealed record ModelSource(string Name, string Version, string Path)
{
    /// <summary>Larger files of labels are something else.</summary>
    private const long MaxLabelsLength = 16 * 1024 * 1024;

    /// <summary>A file with the names of classes, a line each.</summary>
    public string? LabelsPath { get; init; }

    /// <summary>A directory that is this source's alone and goes with it; null when it belongs to the repository.</summary>
    public string? TemporaryDirectory { get; init; }

    /// <summary>Names of the classes, for the classification extension; none when there is no such file.</summary>
    public IReadOnlyList<string> ReadLabels() =>
        LabelsPath is not null && new FileInfo(LabelsPath) is { Exists: true, Length: <= MaxLabelsLength }
            ? File.ReadAllLines(LabelsPath)
            : [];

    /// <summary>Nobody needs the files any more.</summary>
    public void Release()
    {
        if (TemporaryDirectory is not null && Directory.Exists(TemporaryDirectory))
        {
            Directory.Delete(TemporaryDirectory, recursive: true);
        }
    }
}
