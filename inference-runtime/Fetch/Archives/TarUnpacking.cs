using System.Formats.Tar;

namespace ModelOperator.Fetch.Archives;

/// <summary>Unpacks tar archives: ustar, pax and GNU.</summary>
internal static class TarUnpacking
{
    // Attributes and long names of one entry; those of good archives are far below this.
    private const int MaxHeaderBytes = 256 * 1024;

    public static async Task UnpackAsync(Stream stream, ArchiveWriter writer, CancellationToken cancellationToken)
    {
        await using HeaderGuard guard = new(stream);
        await using TarReader reader = new(guard);
        while (await NextAsync(reader, guard, cancellationToken) is { } entry)
        {
            await AddAsync(entry, writer, cancellationToken);
        }
    }

    private static async Task<TarEntry?> NextAsync(TarReader reader, HeaderGuard guard, CancellationToken cancellationToken)
    {
        guard.Left = MaxHeaderBytes;
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, cancellationToken);
        }
        catch (Exception e)
            when (e is ArgumentException or ArithmeticException or FormatException or InvalidOperationException or OutOfMemoryException)
        {
            // Dates and sizes that no entry can have; room for attributes is made before they are read.
            throw new InvalidDataException(e.Message, e);
        }
        finally
        {
            guard.Left = long.MaxValue;
        }
    }

    private static async Task AddAsync(TarEntry entry, ArchiveWriter writer, CancellationToken cancellationToken)
    {
        if (DesktopFiles.Contains(entry.Name))
        {
            writer.Count();
            return;
        }

        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile when IsSparse(entry):
                throw new InvalidDataException("it holds a sparse file, which is not supported");
            // An old archive has folders as files whose name ends with a slash.
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile when !entry.Name.EndsWith('/'):
                long before = writer.Bytes;
                await writer.AddFileAsync(entry.Name, entry.DataStream ?? Stream.Null, cancellationToken);
                if (writer.Bytes - before != entry.Length)
                {
                    throw new EndOfStreamException("it ends in the middle of an entry");
                }

                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.Directory:
                writer.AddFolder(entry.Name);
                break;
            case TarEntryType.HardLink:
                writer.AddHardLink(entry.Name, entry.LinkName);
                break;
            case TarEntryType.SymbolicLink:
                writer.AddLink(entry.Name, entry.LinkName);
                break;
            case TarEntryType.GlobalExtendedAttributes:
                writer.Count();
                break;
            default:
                throw SafePath.Refused(entry.Name, "which is neither a file nor a folder");
        }
    }

    private static bool IsSparse(TarEntry entry) =>
        entry is PaxTarEntry pax && pax.ExtendedAttributes.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal));

    /// <summary>
    /// Lets the reader have no more between two entries than headers need: it takes attributes of whatever size an archive states into
    /// memory.
    /// </summary>
    private sealed class HeaderGuard(Stream archive) : Stream
    {
        public long Left { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await archive.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Left)], cancellationToken);
            Left -= read;
            return Left > 0 ? read : throw new InvalidDataException($"an entry has more than {MaxHeaderBytes} bytes of attributes");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
