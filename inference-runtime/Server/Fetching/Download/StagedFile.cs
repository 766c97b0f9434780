using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace ModelOperator.Server.Fetching.Download;

/// <summary>A file while it is downloaded, in any order. One process at a time has it.</summary>
internal sealed class StagedFile : IDisposable
{
    private const int MaxStateBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(2);
    private readonly SafeFileHandle _handle;
    private readonly string _statePath;
    private readonly string _identity;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _saved;

    /// <summary>Opens it; what is there of the same file from before is kept.</summary>
    public StagedFile(string path, string identity, TimeProvider time)
    {
        (Path, _statePath, _identity, _time) = (path, path + ".state", identity, time);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
            Load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(e);
        }
    }

    public string Path { get; }

    public List<FilePart> Parts { get; private set; } = [];

    public string? EntityTag { get; private set; }

    public long? Total { get; private set; }

    /// <summary>Whether something of it comes from an earlier process.</summary>
    public bool IsResumed { get; private set; }

    public long Length
    {
        get
        {
            lock (_lock)
            {
                return Parts.Sum(part => part.Position - part.Start);
            }
        }
    }

    /// <summary>What the first answer tells of the file.</summary>
    public void Begin(string? entityTag, long? total, IEnumerable<FilePart> parts)
    {
        lock (_lock)
        {
            (EntityTag, Total, Parts) = (entityTag, total, [.. parts]);
        }
    }

    public async Task WriteAsync(FilePart part, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(_handle, bytes, part.Position, cancellationToken);
        }
        catch (IOException e)
        {
            throw CannotWrite(e);
        }

        lock (_lock)
        {
            part.Position += bytes.Length;
        }
    }

    public void Finish(FilePart part)
    {
        lock (_lock)
        {
            (part.End, part.IsDone) = (part.Position, true);
        }

        if (_time.GetElapsedTime(_saved) >= SaveInterval)
        {
            Save();
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            (EntityTag, Total, Parts, IsResumed) = (null, null, [], false);
            File.Delete(_statePath);
            RandomAccess.SetLength(_handle, 0);
        }
    }

    /// <summary>Keeps what is there for a later process, where that one can tell that it is still the same file.</summary>
    public void Save()
    {
        lock (_lock)
        {
            _saved = _time.GetTimestamp();
            if (EntityTag is null || Total is not { } total || Parts.Exists(part => part.End is null))
            {
                return;
            }

            DownloadState state = new() { Identity = _identity, EntityTag = EntityTag, Total = total, Parts = Parts };
            try
            {
                // What the state says is there has to outlive a crash of the machine as the state does.
                RandomAccess.FlushToDisk(_handle);
                File.WriteAllBytes(_statePath + ".new", JsonSerializer.SerializeToUtf8Bytes(state, DownloadJson.Default.DownloadState));
                File.Move(_statePath + ".new", _statePath, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(e);
            }
        }
    }

    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[1024 * 1024];
        long at = 0;
        for (int read; (read = await RandomAccess.ReadAsync(_handle, chunk, at, cancellationToken)) > 0; at += read)
        {
            hash.AppendData(chunk.AsSpan(0, read));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Ends the download: the file is whole. It stays where it is, and its state goes.</summary>
    public void Complete()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
            File.Delete(_statePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(e);
        }
    }

    public void Dispose() => _handle.Dispose();

    private void Load()
    {
        if (File.Exists(_statePath) && new FileInfo(_statePath).Length <= MaxStateBytes && Read() is { } state
            && state.Identity == _identity && state.IsConsistent(RandomAccess.GetLength(_handle)))
        {
            (EntityTag, Total, Parts, IsResumed) = (state.EntityTag, state.Total, state.Parts, true);
        }
        else
        {
            Clear();
        }
    }

    private DownloadState? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_statePath), DownloadJson.Default.DownloadState);
        }
        catch (JsonException)
        {
            // Whatever it is, nothing can be gone on with.
            return null;
        }
    }

    private TerminatingException CannotWrite(Exception e) =>
        new(FailureReasons.ModelDownloadFailed, $"cannot write {Path}: {e.Message}", e);
}
