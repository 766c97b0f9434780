namespace ModelOperator.Cli.Replay;

/// <summary>Reads a stream line by line within a fixed buffer, however long the stream is.</summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Bytes a line may have.</summary>
    public const int LongestLine = 4096;

    private const int BufferBytes = 1 << 16;
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _from;
    private int _to;
    private bool _isAtEnd;

    /// <summary>Number of the line read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Reads the next line, without its end; null after the last. It is valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        int searched = _from;
        while (true)
        {
            int end = _buffer.AsSpan(searched, _to - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return Take(searched + end, searched + end + 1);
            }

            if (_to - _from > LongestLine)
            {
                throw TooLong(Number + 1);
            }

            if (_isAtEnd)
            {
                return _to > _from ? Take(_to, _to) : default(ReadOnlyMemory<byte>?);
            }

            searched = await FillAsync(cancellationToken);
        }
    }

    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        int searched = _to;
        int read = await stream.ReadAsync(_buffer.AsMemory(_to), cancellationToken);
        _isAtEnd = read == 0;
        _to += read;
        return searched;
    }

    private ReadOnlyMemory<byte> Take(int end, int next)
    {
        Number++;
        var line = _buffer.AsMemory(_from, end - _from);
        _from = next;
        if (line.Length > LongestLine)
        {
            throw TooLong(Number);
        }

        if (Number == 1 && line.Span.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }

        return line.Span.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private static LineException TooLong(long line) =>
        new(line, $"is longer than {LongestLine} bytes; a block is one short JSON object on a line of its own");
}
