namespace ModelOperator.Fetch;

/// <summary>Says that a file does not fit before it fills the disk, on which others write too.</summary>
internal static class DiskSpace
{
    private const double Mebibyte = 1024 * 1024;

    public static void Check(string path, long bytes)
    {
        long free;
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            free = new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Then writing tells.
            return;
        }

        if (bytes > free)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed,
                $"{directory} has {free / Mebibyte:F1} MiB free, and the model needs {bytes / Mebibyte:F1} MiB");
        }
    }
}
