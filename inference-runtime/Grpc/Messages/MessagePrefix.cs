using System.Buffers;
using System.Buffers.Binary;

namespace ModelOperator.Grpc;

/// <summary>What stands before each message: whether it is compressed, and its length.</summary>
internal readonly record struct MessagePrefix(bool Compressed, uint Length)
{
    public const int Size = 5;

    public static MessagePrefix Read(ReadOnlySequence<byte> bytes)
    {
        Span<byte> prefix = stackalloc byte[Size];
        bytes.Slice(0, Size).CopyTo(prefix);
        return prefix[0] > 1
            ? throw new RpcException(StatusCode.Internal, $"the first byte of a message is {prefix[0]}, expected 0 (plain) or 1 (compressed)")
            : new MessagePrefix(prefix[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]));
    }

    public void Write(IBufferWriter<byte> output)
    {
        Span<byte> prefix = output.GetSpan(Size);
        prefix[0] = Compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], Length);
        output.Advance(Size);
    }
}
