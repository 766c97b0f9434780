namespace ModelOperator.Fetch.Volumes;

/// <summary>
/// Files of a mounted volume. Links may lead from one to another, and not out of the volume into the container's own files.
/// </summary>
internal sealed class VolumeFiles
{
    private readonly string _root;
    private readonly string _claim;

    public VolumeFiles(string mount, string claim)
    {
        _claim = claim;
        string full = Path.GetFullPath(mount);
        _root = Directory.Exists(full)
            ? Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full
            : throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                $"--volume is '{mount}', which is no folder; the volume of the claim {claim} is not mounted there");
    }

    public bool IsFolder(string path) => Directory.Exists(Path.Combine(_root, path));

    public bool IsFile(string path) => File.Exists(Path.Combine(_root, path));

    public FileStream Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(
                Path.Combine(_root, path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TerminatingException(FailureReasons.ModelNotFound, $"there is no file {path} on the volume of the claim {_claim}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed, $"{path} on the volume of the claim {_claim} cannot be read: {e.Message}", e);
        }

        // What was opened is asked, not the path: a link may be changed in between.
        string? opened =
            File.ResolveLinkTarget($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;
        if (opened is null || !opened.StartsWith(_root.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            file.Dispose();
            throw new TerminatingException(
                FailureReasons.AddressRefused,
                $"{path} on the volume of the claim {_claim} is a link that leads out of the volume");
        }

        return file;
    }

    /// <summary>Paths of the files of a folder and of its folders, at most so many and one more. Linked folders are left out.</summary>
    public IEnumerable<string> List(string folder, int most) =>
        Walk(new DirectoryInfo(Path.Combine(_root, folder)), 0).Take(most + 1).Select(file => Path.GetRelativePath(_root, file));

    private static IEnumerable<string> Walk(DirectoryInfo folder, int depth)
    {
        const int MaxDepth = 32;
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is DirectoryInfo inner)
            {
                foreach (string file in inner.LinkTarget is null && depth < MaxDepth ? Walk(inner, depth + 1) : [])
                {
                    yield return file;
                }
            }
            else
            {
                yield return entry.FullName;
            }
        }
    }
}
