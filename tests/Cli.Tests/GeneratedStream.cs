using System.Text;

namespace ModelOperator.Cli.Tests;

/// <summary>A stream of lines that are made as they are read.</summary>
internal sealed class GeneratedStream(Func<int, string?> line) : Stream
{
    private byte[] _pending = [];
    private int _number;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_pending.Length == 0 && line(_number++) is { } next)
        {
            _pending = Encoding.UTF8.GetBytes(next);
        }

        int copied = Math.Min(count, _pending.Length);
        _pending.AsSpan(0, copied).CopyTo(buffer.AsSpan(offset));
        _pending = _pending[copied..];
        return copied;
    }

    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
