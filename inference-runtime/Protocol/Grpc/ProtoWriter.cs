using System.Numerics;
using System.Text;

namespace ModelOperator.Protocol.Grpc;

/// <summary>Writes protobuf fields into memory that is known to be large enough.</summary>
public ref struct ProtoWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    /// <summary>Bytes written.</summary>
    public int Length { readonly get; private set; }

    /// <summary>Bytes of a number.</summary>
    public static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Bytes of a field of text; nothing for an empty one. Fields up to 15 only.</summary>
    public static int TextSize(string text) => text.Length == 0 ? 0 : FieldSize(Encoding.UTF8.GetByteCount(text));

    /// <summary>Bytes of a field with its length before it. Fields up to 15 only.</summary>
    public static int FieldSize(int length) => 1 + VarintSize((ulong)length) + length;

    /// <summary>Bytes of packed numbers, without their field.</summary>
    public static int PackedSize(ReadOnlySpan<long> numbers)
    {
        int size = 0;
        foreach (long number in numbers)
        {
            size += VarintSize((ulong)number);
        }

        return size;
    }

    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            _target[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _target[Length++] = (byte)value;
    }

    /// <summary>The head of a field with its length before it; as many bytes follow.</summary>
    public void FieldHead(int field, int length)
    {
        _target[Length++] = (byte)((field << 3) | 2);
        Varint((ulong)length);
    }

    /// <summary>A field of text, unless it is empty.</summary>
    public void Text(int field, string text)
    {
        if (text.Length > 0)
        {
            FieldHead(field, Encoding.UTF8.GetByteCount(text));
            Length += Encoding.UTF8.GetBytes(text, _target[Length..]);
        }
    }

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Packed numbers, unless there are none.</summary>
    public void Packed(int field, ReadOnlySpan<long> numbers)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        FieldHead(field, PackedSize(numbers));
        foreach (long number in numbers)
        {
            Varint((ulong)number);
        }
    }
}
