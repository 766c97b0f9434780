namespace ModelOperator.Server.Fetching.Archives;

/// <summary>The contents of one entry of an archive that is read from front to back.</summary>
internal sealed class EntryStream(Stream archive, long length) : Stream
{
    private long _left = length;

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
        if (_left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        int read = await archive.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (read == 0)
        {
            throw new EndOfStreamException("it ends in the middle of an entry");
        }

        _left -= read;
        return read;
    }

    /// <summary>Goes past what was not read and what fills the last block.</summary>
    public async Task SkipAsync(int padding, CancellationToken cancellationToken)
    {
        _left += padding;
        byte[] chunk = new byte[Math.Min(_left, 64 * 1024)];
        while (await ReadAsync(chunk, cancellationToken) > 0)
        {
            // It only has to be gone past.
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
