namespace ModelOperator.Fetch;

/// <summary>
/// A folder of files named by their digests, which pods on one or many nodes share. A file gets its name when it is whole and right, so it
/// can be copied without asking anybody; who downloads one holds its lock, so that the others wait rather than download it too.
/// </summary>
internal sealed class ContentCache(string directory, long maxBytes, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(1);
    private readonly string _files = Path.Combine(directory, "sha256");

    /// <summary>Puts a file where it is wanted: from the cache, else by a download that fills the cache.</summary>
    public async Task GetAsync(string sha256, string target, Func<string, Task> download, CancellationToken cancellationToken)
    {
        while (!await TryCopyAsync(sha256, target, cancellationToken))
        {
            using IDisposable? held = await LockAsync(sha256, cancellationToken);
            if (held is null)
            {
                await download(target);
                return;
            }

            // Whoever held the lock before may have downloaded it.
            if (await TryCopyAsync(sha256, target, cancellationToken))
            {
                return;
            }

            string partial = Path.Combine(_files, sha256 + ".part");
            await download(partial);
            Keep(partial, sha256);
        }
    }

    /// <summary>Copies a file that is there; returns false when it is not, or is no longer what it was.</summary>
    private async Task<bool> TryCopyAsync(string sha256, string target, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_files, sha256);
        FileStream file;
        try
        {
            file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        await using (file)
        {
            if (await FileCopy.CopyAsync(file, target, long.MaxValue, cancellationToken) == sha256)
            {
                FetchLog.CacheHit(logger, sha256);
                Touch(path);
                return true;
            }
        }

        FetchLog.CacheCorrupt(logger, sha256);
        File.Delete(target);
        TryDelete(path);
        return false;
    }

    /// <summary>Waits until nobody else downloads a file. Null when the folder cannot be used.</summary>
    private async Task<IDisposable?> LockAsync(string sha256, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_files, sha256 + ".lock");
        try
        {
            Directory.CreateDirectory(_files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            FetchLog.CacheLeftOut(logger, e.Message);
            return null;
        }

        for (bool waits = false; ;)
        {
            try
            {
                // Never deleted: another process may be waiting for the very file.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!waits)
                {
                    FetchLog.CacheBusy(logger, sha256);
                    waits = true;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                FetchLog.CacheLeftOut(logger, e.Message);
                return null;
            }

            await Task.Delay(LockPoll, time, cancellationToken);
        }
    }

    /// <summary>
    /// Gives a file that is whole and right its name, and removes those that were not used for longest when there are too many.
    /// </summary>
    private void Keep(string partial, string sha256)
    {
        File.Move(partial, Path.Combine(_files, sha256), overwrite: true);
        FileInfo[] files = [.. new DirectoryInfo(_files).EnumerateFiles().Where(file => file.Name.Length == sha256.Length)];
        long total = files.Sum(file => file.Length);
        foreach (FileInfo file in files.Where(file => file.Name != sha256).OrderBy(file => file.LastWriteTimeUtc))
        {
            if (total <= maxBytes)
            {
                return;
            }

            total -= file.Length;
            TryDelete(file.FullName);
        }
    }

    private void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A volume that is read-only here: whoever fills it keeps its order.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one to come tries again.
        }
    }
}
