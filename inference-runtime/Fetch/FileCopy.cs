using System.Security.Cryptography;

namespace ModelOperator.Fetch;

/// <summary>Copies a file and tells its digest: that of the bytes copied, whatever becomes of the original.</summary>
internal static class FileCopy
{
    private const int ChunkSize = 1024 * 1024;

    public static async Task<string> CopyAsync(FileStream source, string target, long maxBytes, CancellationToken cancellationToken)
    {
        if (source.Length > maxBytes)
        {
            throw TooLarge(source, maxBytes);
        }

        DiskSpace.Check(target, source.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using FileStream copy = new(
                target, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            byte[] chunk = new byte[ChunkSize];
            int read;
            while ((read = await source.ReadAsync(chunk, cancellationToken)) > 0)
            {
                if (copy.Length + read > maxBytes)
                {
                    throw TooLarge(source, maxBytes);
                }

                hash.AppendData(chunk, 0, read);
                await copy.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
            }

            copy.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ModelDownloadFailed, $"cannot copy {source.Name} to {target}: {e.Message}", e);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static TerminatingException TooLarge(FileStream source, long maxBytes) =>
        new(FailureReasons.ModelDownloadFailed, $"{source.Name} is larger than {maxBytes} bytes, the limit");
}
