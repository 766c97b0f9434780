using System.Security.Cryptography;

namespace ModelOperator.Server.Fetching;

/// <summary>
/// The file as far as it is there, beside where it will be, and the digest of that much. Only a whole and right file gets its name.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _output;
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _complete;

    public PartialFile(string output)
    {
        _output = output;
        _path = output + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
            _stream = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(e);
        }
    }

    public long Length { get; private set; }

    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException e)
        {
            throw CannotWrite(e);
        }

        _hash.AppendData(bytes.Span);
        Length += bytes.Length;
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _stream.SetLength(0);
        _stream.Position = 0;
        _hash.GetHashAndReset();
        Length = 0;
    }

    /// <summary>Gives the file its name, unless it is not the one expected. Returns its digest.</summary>
    public string Complete(string? expected)
    {
        string actual = Convert.ToHexStringLower(_hash.GetCurrentHash());
        if (expected is not null && actual != expected)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch, $"the digest of what arrived is sha256:{actual}, expected sha256:{expected}");
        }

        try
        {
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_path, _output, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(e);
        }

        _complete = true;
        return actual;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
        if (!_complete)
        {
            File.Delete(_path);
        }
    }

    private TerminatingException CannotWrite(Exception e) =>
        new(FailureReasons.ModelDownloadFailed, $"cannot write {_output}: {e.Message}", e);
}
