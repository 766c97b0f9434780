using System.IO.Compression;

namespace ModelOperator.Fetch.Archives;

/// <summary>The archives that are unpacked. Which one a file is, is told by how it begins: no ONNX file begins so.</summary>
internal static class Archive
{
    private const int TarMagicOffset = 257;

    private enum Format
    {
        None,
        Tar,
        TarGzip,
        Zip,
    }

    /// <summary>Unpacks a file when it is an archive; returns whether it is.</summary>
    public static async Task<bool> TryUnpackAsync(
        string file, string folder, ArchiveLimits limits, ILogger logger, CancellationToken cancellationToken)
    {
        await using FileStream stream = new(
            file, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        Format format = FormatOf(stream);
        if (format == Format.None)
        {
            return false;
        }

        ArchiveWriter writer = new(folder, stream.Length, limits);
        try
        {
            switch (format)
            {
                case Format.Zip:
                    await ZipUnpacking.UnpackAsync(stream, writer, cancellationToken);
                    break;
                case Format.TarGzip:
                    await using (GZipStream unzipped = new(stream, CompressionMode.Decompress))
                    {
                        await TarUnpacking.UnpackAsync(unzipped, writer, cancellationToken);
                    }

                    break;
                default:
                    await TarUnpacking.UnpackAsync(stream, writer, cancellationToken);
                    break;
            }

            await writer.FinishAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new TerminatingException(FailureReasons.ArchiveInvalid, $"the archive is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.ArchiveInvalid, $"the archive cannot be unpacked: {e.Message}", e);
        }

        FetchLog.Unpacked(logger, writer.Entries, writer.Bytes);
        return true;
    }

    private static Format FormatOf(FileStream stream)
    {
        Span<byte> head = stackalloc byte[512];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) ? Format.TarGzip
            : head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8) ? Format.Zip
            : length == head.Length && head[TarMagicOffset..].StartsWith("ustar"u8) ? Format.Tar
            : Format.None;
    }
}
