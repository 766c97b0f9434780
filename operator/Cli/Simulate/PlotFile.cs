namespace ModelOperator.Cli.Simulate;

/// <summary>
/// The file of a plot: opened before the work, because what cannot be written is better known then, and changed only when there is a plot.
/// </summary>
internal sealed class PlotFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly bool _isNew;
    private bool _isWritten;

    public PlotFile(FileInfo file)
    {
        try
        {
            _isNew = !file.Exists;
            _stream = file.Open(FileMode.OpenOrCreate, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Failed($"--plot: {e.Message}");
        }
    }

    /// <summary>Writes the plot.</summary>
    public void Write(Action<Stream> plot)
    {
        try
        {
            _stream.SetLength(0);
            plot(_stream);
            _stream.Flush();
            _isWritten = true;
        }
        catch (IOException e)
        {
            throw CliException.Failed($"--plot: {e.Message}");
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (_isNew && !_isWritten)
        {
            File.Delete(_stream.Name);
        }
    }
}
