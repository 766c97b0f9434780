using System.Buffers;

namespace ModelOperator.Protocol.Grpc;

/// <summary>A message received, in rented memory until it is disposed.</summary>
public sealed class MessageBuffer : IDisposable
{
    /// <summary>What arrays of any element type need.</summary>
    private const int Alignment = 8;

    private readonly int _start;
    private readonly int _length;
    private byte[]? _array;

    private MessageBuffer(byte[] array, int start, int length)
    {
        _array = array;
        _start = start;
        _length = length;
    }

    /// <summary>The bytes of the message; void after disposal.</summary>
    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(MessageBuffer))).AsMemory(_start, _length);

    /// <summary>Copies a message to where its first raw tensor lies so that a model can use it there.</summary>
    public static MessageBuffer Copy(in ReadOnlySequence<byte> message)
    {
        int length = checked((int)message.Length);
        int tensor = ModelInferRequestReader.FirstRawTensor(message.FirstSpan);
        int start = tensor < 0 ? 0 : -tensor & (Alignment - 1);
        byte[] array = ArrayPool<byte>.Shared.Rent(start + length);
        message.CopyTo(array.AsSpan(start));
        return new MessageBuffer(array, start, length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
