using System.Buffers;

namespace ModelOperator.Fetch.Archives;

/// <summary>What an archive may hold, so that a small one cannot fill a disk.</summary>
public sealed record ArchiveLimits
{
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>Bytes of all files together.</summary>
    public long MaxBytes { get; init; } = 20L * 1024 * 1024 * 1024;

    /// <summary>How many times larger than the archive its files may be; those below <see cref="RatioFrom"/> may be more.</summary>
    public int MaxRatio { get; init; } = 200;

    public long RatioFrom { get; init; } = 64L * 1024 * 1024;
}

/// <summary>
/// Writes entries of archives into a folder. It makes plain files and folders only, so that nothing written later can go through a link;
/// what links lead to is copied at the end.
/// </summary>
internal sealed class ArchiveWriter(string folder, long archiveBytes, ArchiveLimits limits)
{
    private const int ChunkSize = 128 * 1024;
    private const int MaxLinkDepth = 16;
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly long _maxBytes = Math.Min(limits.MaxBytes, Math.Max(limits.RatioFrom, checked(archiveBytes * limits.MaxRatio)));

    public int Entries { get; private set; }

    public long Bytes { get; private set; }

    public void AddFolder(string name)
    {
        Count();
        Directory.CreateDirectory(Path.Combine(folder, SafePath.Of(name)));
    }

    public async Task AddFileAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        Count();
        string path = SafePath.Of(name);
        if (path.Length == 0)
        {
            throw SafePath.Refused(name, "which names no file");
        }

        _links.Remove(path);
        string file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using FileStream target = new(
            file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            int read;
            while ((read = await content.ReadAsync(chunk, cancellationToken)) > 0)
            {
                Bytes += read;
                if (Bytes > _maxBytes)
                {
                    throw new TerminatingException(
                        FailureReasons.ArchiveInvalid,
                        $"the archive of {archiveBytes} bytes unpacks to more than {_maxBytes} bytes, the limit for one of its size; "
                        + "nothing of it is used");
                }

                await target.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Adds a symbolic link, whose target is relative to it.</summary>
    public void AddLink(string name, string target)
    {
        Count();
        string path = SafePath.Of(name);
        _links[path] = SafePath.OfLink(path, target);
    }

    /// <summary>Adds another name of an entry.</summary>
    public void AddHardLink(string name, string target)
    {
        Count();
        _links[SafePath.Of(name)] = SafePath.Of(target);
    }

    /// <summary>Puts copies where links are.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach ((string link, string first) in _links.ToArray())
        {
            string target = first;
            for (int depth = 0; _links.TryGetValue(target, out string? next); depth++)
            {
                target = depth < MaxLinkDepth ? next : throw SafePath.Refused(link, "a link that leads to itself");
            }

            string source = Path.Combine(folder, target);
            if (!File.Exists(source))
            {
                throw SafePath.Refused(link, $"a link to '{target}', which is no file of the archive");
            }

            await using FileStream content = File.OpenRead(source);
            await AddFileAsync(link, content, cancellationToken);
        }
    }

    /// <summary>Counts an entry; done here for all entries that something is added for.</summary>
    public void Count()
    {
        if (++Entries > limits.MaxEntries)
        {
            throw new TerminatingException(
                FailureReasons.ArchiveInvalid,
                $"the archive holds more than {limits.MaxEntries} entries, the limit; nothing of it is used");
        }
    }
}
