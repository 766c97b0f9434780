namespace ModelOperator.Server.Execution;

/// <summary>
/// The folder that TensorRT reads its engines from and writes them to. An engine is code that runs on the GPU, so the folder is this
/// process's own: what lies on the volume is taken into it when its seal is right, and what is new goes back sealed.
/// </summary>
internal sealed class EngineFolder : IDisposable
{
    private const int MostFiles = 1000;

    private readonly SealedFiles _files;
    private readonly string _kept;
    private readonly string _purpose;
    private readonly ILogger _logger;
    private readonly Dictionary<string, (long Length, DateTime Written)> _known = new(StringComparer.Ordinal);

    private EngineFolder(SealedFiles files, string kept, string purpose, ILogger logger)
    {
        (_files, _kept, _purpose, _logger) = (files, kept, purpose, logger);
        Path = Directory.CreateTempSubdirectory("engines-").FullName;
    }

    public string Path { get; }

    /// <summary>A folder with what was kept; null where nothing can be kept.</summary>
    /// <param name="files">Checks what was kept.</param>
    /// <param name="kept">Where it was kept.</param>
    /// <param name="purpose">What engines are of: a model, and how it is computed.</param>
    /// <param name="logger">Hears of what cannot be used.</param>
    public static EngineFolder? Open(SealedFiles files, string kept, string purpose, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(kept);
            EngineFolder folder = new(files, kept, purpose, logger);
            folder.Take();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogMessages.CacheNotWritable(logger, kept, e.Message);
            return null;
        }
    }

    /// <summary>Keeps what is new.</summary>
    public void Keep()
    {
        try
        {
            foreach (FileInfo file in new DirectoryInfo(Path).EnumerateFiles())
            {
                if (_known.GetValueOrDefault(file.Name) != (file.Length, file.LastWriteTimeUtc))
                {
                    _files.Write(file.FullName, System.IO.Path.Combine(_kept, file.Name), Purpose(file.Name));
                    _known[file.Name] = (file.Length, file.LastWriteTimeUtc);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogMessages.CacheNotWritable(_logger, _kept, e.Message);
        }
    }

    public void Dispose()
    {
        Keep();
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // It goes with the pod.
        }
    }

    private void Take()
    {
        foreach (string kept in Directory.EnumerateFiles(_kept).Take(MostFiles))
        {
            string name = System.IO.Path.GetFileName(kept);
            FileInfo copy = new(System.IO.Path.Combine(Path, name));
            if (_files.TryRead(kept, copy.FullName, Purpose(name)))
            {
                copy.Refresh();
                _known[name] = (copy.Length, copy.LastWriteTimeUtc);
            }
            else
            {
                LogMessages.KeptFileUnusable(_logger, kept);
            }
        }
    }

    private string Purpose(string name) => $"{_purpose};{name}";
}
