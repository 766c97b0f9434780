using System.IO.Pipelines;

namespace ModelOperator.Grpc;

/// <summary>Writes length-prefixed messages to a response. Not for two threads at once.</summary>
internal sealed class MessageWriter(PipeWriter pipe, GrpcLimits limits, MessageEncoding encoding)
{
    /// <summary>Whether a message was begun and not ended: nothing else, no status either, can follow it.</summary>
    public bool Broken { get; private set; }

    public ValueTask WriteAsync<T>(T content, CancellationToken cancellationToken)
        where T : IMessageContent
    {
        long size = content.Size;
        if (size > limits.MaxSendMessageBytes)
        {
            throw new RpcException(StatusCode.ResourceExhausted, $"the answer is {size} bytes long, the limit is {limits.MaxSendMessageBytes}");
        }

        return encoding != MessageEncoding.Identity && size >= limits.MinCompressedBytes
            ? WriteCompressedAsync(content, cancellationToken)
            : WritePlainAsync(content, (uint)size, cancellationToken);
    }

    private ValueTask WritePlainAsync<T>(T content, uint size, CancellationToken cancellationToken)
        where T : IMessageContent
    {
        Broken = true;
        new MessagePrefix(Compressed: false, size).Write(pipe);
        ValueTask written = content.WriteToAsync(pipe, cancellationToken);
        if (!written.IsCompletedSuccessfully)
        {
            return EndAsync(written);
        }

        Broken = false;
        return written;
    }

    private async ValueTask EndAsync(ValueTask written)
    {
        await written;
        Broken = false;
    }

    private async ValueTask WriteCompressedAsync<T>(T content, CancellationToken cancellationToken)
        where T : IMessageContent
    {
        using RentedStream compressed = new();
        await Compression.CompressAsync(content, encoding, compressed, cancellationToken);
        Broken = true;
        new MessagePrefix(Compressed: true, (uint)compressed.Length).Write(pipe);
        await pipe.WriteAsync(compressed.Written, cancellationToken);
        Broken = false;
    }
}
