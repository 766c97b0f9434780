namespace ModelOperator.Cli;

/// <summary>A file that is read, or standard input, which is called "-".</summary>
internal sealed class InputFile(string path, Func<Stream> openInput)
{
    private const string StandardInput = "-";

    public bool IsStandardInput => path == StandardInput;

    /// <summary>What it is called in messages.</summary>
    public string Name => IsStandardInput ? "standard input" : path;

    public Stream Open() =>
        IsStandardInput ? openInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
}
