namespace ModelOperator.Fetch.Onnx;

/// <summary>Reads protobuf messages from a file that may be larger than memory.</summary>
internal sealed class MessageStream(FileStream file)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _length;

    /// <summary>Where in the file the next byte is.</summary>
    public long Position { get; private set; }

    /// <summary>Goes to what is in the next field: its number, and how many bytes it has.</summary>
    /// <param name="end">Where its message ends.</param>
    /// <exception cref="InvalidDataException">There is no such field.</exception>
    public (int Field, long Length) ReadField(long end)
    {
        ulong tag = ReadNumber();
        long length;
        switch (tag & 7)
        {
            case 0:
                ReadNumber();
                length = 0;
                // A number is read already; it is no message.
                tag = 0;
                break;
            case 1:
                length = 8;
                break;
            case 2:
                length = (long)Math.Min(ReadNumber(), long.MaxValue);
                break;
            case 5:
                length = 4;
                break;
            default:
                throw new InvalidDataException();
        }

        return length <= end - Position ? ((int)Math.Min(tag >> 3, int.MaxValue), length) : throw new InvalidDataException();
    }

    public byte[] ReadBytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = ReadByte();
        }

        return bytes;
    }

    public void Skip(long count)
    {
        if (count <= _length - _at)
        {
            _at += (int)count;
        }
        else
        {
            (_at, _length) = (0, 0);
        }

        Position += count;
    }

    private ulong ReadNumber()
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = ReadByte();
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return number;
            }
        }

        throw new InvalidDataException();
    }

    private byte ReadByte()
    {
        if (_at == _length)
        {
            (_at, _length) = (0, RandomAccess.Read(file.SafeFileHandle, _buffer, Position));
            if (_length == 0)
            {
                throw new InvalidDataException();
            }
        }

        Position++;
        return _buffer[_at++];
    }
}
