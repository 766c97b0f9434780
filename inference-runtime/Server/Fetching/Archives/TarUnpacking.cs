namespace ModelOperator.Server.Fetching.Archives;

/// <summary>
/// Unpacks tar archives: ustar, pax and GNU. Read here rather than by the runtime's reader, which takes attributes of any size into memory.
/// </summary>
internal static class TarUnpacking
{
    private const int BlockSize = 512;
    private const int MaxAttributeBytes = 64 * 1024;

    public static async Task UnpackAsync(Stream stream, ArchiveWriter writer, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        byte[] block = new byte[BlockSize];
        TarAttributes attributes = new();
        int blocks = 0;
        while (await stream.ReadAtLeastAsync(block, BlockSize, throwOnEndOfStream: false, cancellationToken) is var read && read > 0)
        {
            if (read < BlockSize)
            {
                throw new EndOfStreamException("it ends in the middle of an entry");
            }

            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                return;
            }

            if (++blocks > limits.MaxEntries * 4)
            {
                throw new InvalidDataException("it has too many entries");
            }

            TarHeader header = TarHeader.Parse(block);
            if (header.Type is 'x' or 'g' or 'L' or 'K')
            {
                attributes.Read(header.Type, await ReadAttributesAsync(stream, header.Size, cancellationToken));
                continue;
            }

            long size = attributes.Size ?? header.Size;
            using EntryStream content = new(stream, size);
            await AddAsync(header.Type, attributes.Name ?? header.Name, attributes.Target ?? header.Target, content, writer, cancellationToken);
            await content.SkipAsync(Padding(size), cancellationToken);
            attributes = new TarAttributes();
        }
    }

    private static async Task AddAsync(
        char type, string name, string target, Stream content, ArchiveWriter writer, CancellationToken cancellationToken)
    {
        switch (type)
        {
            // An old archive has folders as files whose name ends with a slash.
            case '0' or '\0' or '7' when !name.EndsWith('/'):
                await writer.AddFileAsync(name, content, cancellationToken);
                break;
            case '0' or '\0' or '7' or '5':
                writer.AddFolder(name);
                break;
            case '1':
                writer.AddHardLink(name, target);
                break;
            case '2':
                writer.AddLink(name, target);
                break;
            default:
                throw SafePath.Refused(name, "which is neither a file nor a folder");
        }
    }

    private static async Task<byte[]> ReadAttributesAsync(Stream stream, long size, CancellationToken cancellationToken)
    {
        if (size > MaxAttributeBytes)
        {
            throw new InvalidDataException($"it has attributes of {size} bytes");
        }

        byte[] attributes = new byte[size];
        await stream.ReadExactlyAsync(attributes, cancellationToken);
        byte[] padding = new byte[Padding(size)];
        await stream.ReadExactlyAsync(padding, cancellationToken);
        return attributes;
    }

    private static int Padding(long size) => (int)((BlockSize - (size % BlockSize)) % BlockSize);
}
