namespace ModelOperator.Generate;

/// <summary>The checkout the files are written to.</summary>
public static class Repository
{
    /// <summary>A file only the root folder has.</summary>
    public const string Marker = "ModelOperator.sln";

    /// <summary>The nearest folder from <paramref name="start"/> upward that is a checkout; null when there is none.</summary>
    public static string? FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    /// <summary>Writes every file whose content differs.</summary>
    public static async Task WriteAsync(string root, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var path in await StaleAsync(root, files, cancellationToken))
        {
            var target = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, files[path], cancellationToken);
        }
    }

    /// <summary>The files that are absent or differ from what would be written.</summary>
    public static async Task<IReadOnlyList<string>> StaleAsync(
        string root, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        var stale = new List<string>();
        foreach (var (path, content) in files)
        {
            var target = Path.Combine(root, path);
            if (!File.Exists(target) || await File.ReadAllTextAsync(target, cancellationToken) != content)
            {
                stale.Add(path);
            }
        }

        return stale;
    }
}
