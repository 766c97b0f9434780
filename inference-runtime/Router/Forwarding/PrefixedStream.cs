namespace ModelOperator.Router.Forwarding;

/// <summary>Reads kept bytes, then a stream.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
{
    private ReadOnlyMemory<byte> _remaining = prefix;

    /// <summary>Whether anything was read from behind the kept bytes: from there on there is no way back.</summary>
    public bool RestTouched { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (!_remaining.IsEmpty)
        {
            int count = Math.Min(_remaining.Length, destination.Length);
            _remaining[..count].CopyTo(destination);
            _remaining = _remaining[count..];
            return count;
        }

        RestTouched = true;
        return await rest.ReadAsync(destination, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] array, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(array.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] array, int offset, int count) =>
        throw new NotSupportedException("The body of a request is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] array, int offset, int count) => throw new NotSupportedException();
}
