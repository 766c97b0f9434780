using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Grpc;

/// <summary>Reads the fields of a protobuf message where they lie.</summary>
internal ref struct ProtoReader
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _end;
    private int _at;

    public ProtoReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        _end = message.Length;
    }

    /// <param name="message">The whole message, in which positions are counted.</param>
    /// <param name="part">The part of it to read.</param>
    public ProtoReader(ReadOnlySpan<byte> message, ProtoRange part)
    {
        _message = message;
        _at = part.Start;
        _end = part.End;
    }

    /// <summary>Number of the field that <see cref="Next"/> went to.</summary>
    public int Field { readonly get; private set; }

    /// <summary>How that field is written.</summary>
    public int WireType { readonly get; private set; }

    public readonly bool IsLengthDelimited => WireType == LengthDelimited;

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at == _end)
        {
            return false;
        }

        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        WireType = (int)(tag & 7);
        return tag is > 7 and <= uint.MaxValue ? true : throw Malformed("a field has no valid number");
    }

    public void Skip()
    {
        switch (WireType)
        {
            case Varint: ReadVarint(); break;
            case Fixed64: Take(sizeof(ulong)); break;
            case LengthDelimited: ReadRange(); break;
            case Fixed32: Take(sizeof(uint)); break;
            default: throw Malformed($"field {Field} is of wire type {WireType}, which is unknown");
        }
    }

    /// <summary>The place of a string, of bytes, of a message or of packed numbers.</summary>
    public ProtoRange ReadRange()
    {
        Expect(LengthDelimited);
        ulong length = ReadVarint();
        if (length > (ulong)(_end - _at))
        {
            throw Malformed($"field {Field} is {length} bytes long, but {_end - _at} are left");
        }

        ProtoRange range = new(_at, (int)length);
        _at += (int)length;
        return range;
    }

    /// <summary>The numbers of a packed field.</summary>
    public ProtoReader Packed() => new(_message, ReadRange()) { Field = Field };

    public ulong ReadNumber()
    {
        Expect(Varint);
        return ReadVarint();
    }

    /// <summary>A number within packed ones, or one that stands alone.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_at == _end)
            {
                throw Malformed("a number is cut off");
            }

            byte b = _message[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a number is longer than 10 bytes");
    }

    /// <summary>Whether there is more of what is being read.</summary>
    public readonly bool HasMore => _at < _end;

    public uint ReadFixed32()
    {
        Expect(Fixed32);
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
    }

    public ulong ReadFixed64()
    {
        Expect(Fixed64);
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
    }

    public readonly ReadOnlySpan<byte> Bytes(ProtoRange range) => _message.Slice(range.Start, range.Length);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _end - _at)
        {
            throw Malformed($"field {Field} is cut off");
        }

        ReadOnlySpan<byte> bytes = _message.Slice(_at, count);
        _at += count;
        return bytes;
    }

    private readonly void Expect(int wireType)
    {
        if (WireType != wireType)
        {
            throw Malformed($"field {Field} is of wire type {WireType}, expected {wireType}");
        }
    }

    private readonly ProtocolException Malformed(string what) => new($"the message is not a ModelInferRequest: at byte {_at}, {what}");
}

/// <summary>A part of a message.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProtoRange(int Start, int Length)
{
    public int End => Start + Length;
}
