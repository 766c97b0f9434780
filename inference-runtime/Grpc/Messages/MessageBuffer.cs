using System.Buffers;

namespace ModelOperator.Grpc;

/// <summary>A message received, in rented memory until it is disposed.</summary>
public sealed class MessageBuffer : IDisposable
{
    private readonly int _start;
    private readonly int _length;
    private byte[]? _array;

    internal MessageBuffer(byte[] array, int start, int length)
    {
        _array = array;
        _start = start;
        _length = length;
    }

    /// <summary>The bytes of the message; void after disposal.</summary>
    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(MessageBuffer))).AsMemory(_start, _length);

    /// <inheritdoc cref="Memory"/>
    public ReadOnlySpan<byte> Span => Memory.Span;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    /// <summary>The message as a stream, for what reads only streams.</summary>
    internal MemoryStream ToStream() =>
        new(_array ?? throw new ObjectDisposedException(nameof(MessageBuffer)), _start, _length, writable: false);
}
