using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace ModelOperator.Grpc;

/// <summary>Reads length-prefixed messages from a request. Not for two threads at once.</summary>
internal sealed class MessageReader(PipeReader pipe, GrpcLimits limits, MessageEncoding encoding)
{
    /// <summary>What arrays of any element type need.</summary>
    private const int Alignment = 8;

    /// <summary>Bytes of a refused message that are still to come.</summary>
    private long _refused;

    private bool _ended;
    private volatile bool _stopped;

    /// <summary>The next message; null when the client has sent all.</summary>
    public async ValueTask<MessageBuffer?> ReadAsync(IMessageBudget? budget, AlignmentProbe? probe, CancellationToken cancellationToken)
    {
        await SkipRefusedAsync(cancellationToken);
        ReadResult result = await ReadPrefixAsync(cancellationToken);
        if (result.Buffer.IsEmpty)
        {
            return null;
        }

        MessagePrefix prefix = MessagePrefix.Read(result.Buffer);
        if (prefix.Length > limits.MaxReceiveMessageBytes)
        {
            throw new RpcException(
                StatusCode.ResourceExhausted, $"a message is {prefix.Length} bytes long, the limit is {limits.MaxReceiveMessageBytes}");
        }

        int length = (int)prefix.Length;
        try
        {
            budget?.Reserve(length);
        }
        catch
        {
            pipe.AdvanceTo(result.Buffer.GetPosition(MessagePrefix.Size));
            _refused = length;
            throw;
        }

        MessageBuffer message = await ReadBodyAsync(result, length, prefix.Compressed ? null : probe, cancellationToken);
        if (!prefix.Compressed)
        {
            return message;
        }

        using (message)
        {
            return encoding == MessageEncoding.Identity
                ? throw new RpcException(StatusCode.Internal, "a message is marked as compressed, but grpc-encoding names no compression")
                : Decompression.Decompress(message, encoding, limits.MaxReceiveMessageBytes, budget);
        }
    }

    /// <summary>The one message of a call that has one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<MessageBuffer> ReadSingleAsync(IMessageBudget? budget, AlignmentProbe? probe, CancellationToken cancellationToken)
    {
        MessageBuffer message = await ReadAsync(budget, probe, cancellationToken)
            ?? throw new RpcException(StatusCode.Unimplemented, "the call has no message, but the method takes one");
        try
        {
            if (!_ended)
            {
                ReadResult rest = await pipe.ReadAsync(cancellationToken);
                bool more = !rest.Buffer.IsEmpty;
                pipe.AdvanceTo(rest.Buffer.End);
                if (more)
                {
                    throw new RpcException(StatusCode.Unimplemented, "the call has several messages, but the method takes one");
                }
            }

            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    /// <summary>Lets no further message begin.</summary>
    public void Stop()
    {
        _stopped = true;
        pipe.CancelPendingRead();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadPrefixAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!_stopped || !pipe.TryRead(out ReadResult result))
            {
                result = _stopped
                    ? throw new RpcException(StatusCode.Unavailable, "the server is stopping")
                    : await pipe.ReadAsync(cancellationToken);
            }

            if (result.Buffer.Length >= MessagePrefix.Size)
            {
                return result;
            }

            if (result.IsCompleted)
            {
                bool clean = result.Buffer.IsEmpty;
                pipe.AdvanceTo(result.Buffer.End);
                return clean ? default : throw Truncated();
            }

            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Copies a message out of the pipe as it comes, so that the client may send more; that is the only copy made of it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MessageBuffer> ReadBodyAsync(ReadResult result, int length, AlignmentProbe? probe, CancellationToken cancellationToken)
    {
        ReadOnlySequence<byte> buffer = result.Buffer.Slice(MessagePrefix.Size);
        int start = probe is null ? 0 : Padding(probe, buffer.FirstSpan[..Math.Min(length, buffer.FirstSpan.Length)]);
        byte[] array = ArrayPool<byte>.Shared.Rent(start + length);
        try
        {
            int filled = 0;
            while (true)
            {
                int now = (int)Math.Min(buffer.Length, length - filled);
                buffer.Slice(0, now).CopyTo(array.AsSpan(start + filled));
                filled += now;
                if (filled == length)
                {
                    _ended = result.IsCompleted && buffer.Length == now;
                    pipe.AdvanceTo(buffer.GetPosition(now));
                    return new MessageBuffer(array, start, length);
                }

                pipe.AdvanceTo(buffer.End);
                if (result.IsCompleted)
                {
                    throw Truncated();
                }

                result = await pipe.ReadAsync(cancellationToken);
                buffer = result.Buffer;
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(array);
            throw;
        }
    }

    private static int Padding(AlignmentProbe probe, ReadOnlySpan<byte> start)
    {
        int offset = probe(start);
        return offset < 0 ? 0 : (Alignment - offset % Alignment) % Alignment;
    }

    private async ValueTask SkipRefusedAsync(CancellationToken cancellationToken)
    {
        while (_refused > 0)
        {
            ReadResult result = await pipe.ReadAsync(cancellationToken);
            long now = Math.Min(result.Buffer.Length, _refused);
            pipe.AdvanceTo(result.Buffer.GetPosition(now));
            _refused -= now;
            if (_refused > 0 && result.IsCompleted)
            {
                throw Truncated();
            }
        }
    }

    private static RpcException Truncated() => new(StatusCode.Internal, "the request ended within a message");
}
