using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>
/// The body of a call, between Kestrel and the gRPC library. The library stores a message whole before it asks anybody. This looks at the
/// length that each message begins with, and refuses one that is too large, or that there is no memory for, before its bytes are stored.
/// </summary>
internal sealed class CallBody : PipeReader, IRequestBodyPipeFeature
{
    private const int PrefixSize = 5;

    private readonly PipeReader _inner;
    private readonly long _limit;
    private SequencePosition _start;

    /// <summary>Whether the prefix of the message that is arriving was looked at. The library consumes messages whole.</summary>
    private bool _begun;

    /// <summary>Bytes of a refused message, most of which are still to come.</summary>
    private long _refused;

    private volatile bool _stopped;

    private CallBody(PipeReader inner, long limit) => (_inner, _limit) = (inner, limit);

    /// <summary>The request that the next message is of; null for messages that are not counted.</summary>
    public Inference? Arriving { get; set; }

    /// <summary>Whether the last message was not let in. The next one can be read all the same.</summary>
    public bool Refused => _refused > 0;

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Puts itself between a call and its body.</summary>
    /// <param name="context">The call.</param>
    /// <param name="limit">Bytes of a message.</param>
    public static CallBody Insert(HttpContext context, long limit)
    {
        // Messages have a limit of their own, and a stream has no end.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        CallBody body = new(context.Request.BodyReader, limit);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        return body;
    }

    public static CallBody Of(HttpContext context) => (CallBody)context.Features.GetRequiredFeature<IRequestBodyPipeFeature>();

    /// <summary>Lets no further message begin once a token is cancelled.</summary>
    public CancellationTokenRegistration StopOn(CancellationToken stopping) =>
        stopping.UnsafeRegister(static body => ((CallBody)body!).Stop(), this);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        !Refused && !_stopped && _inner.TryRead(out ReadResult result) ? new(Look(result)) : WaitAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        bool read = _inner.TryRead(out result);
        result = read ? Look(result) : result;
        return read;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _begun &= consumed.Equals(_start);
        _inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    private void Stop()
    {
        _stopped = true;
        _inner.CancelPendingRead();
    }

    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            CancellationToken token = Arriving?.Deadline?.Token ?? cancellationToken;
            await SkipRefusedAsync(token);
            while (true)
            {
                if (_stopped && !_begun)
                {
                    throw new RpcException(new Status(StatusCode.Unavailable, "the server is stopping"));
                }

                ReadResult result = await _inner.ReadAsync(token);
                if (!result.IsCanceled)
                {
                    return Look(result);
                }

                _inner.AdvanceTo(result.Buffer.Start);
            }
        }
        catch (OperationCanceledException e) when (Arriving?.Deadline is { Expired: true } deadline)
        {
            throw GrpcErrors.TookTooLong(deadline.Timeout, e);
        }
        catch (BadHttpRequestException e)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, e.Message, e));
        }
    }

    private ReadResult Look(ReadResult result)
    {
        _start = result.Buffer.Start;
        if (!_begun && result.Buffer.Length >= PrefixSize)
        {
            try
            {
                Begin(result.Buffer);
            }
            catch
            {
                _inner.AdvanceTo(_start);
                throw;
            }
        }

        return result;
    }

    private void Begin(ReadOnlySequence<byte> bytes)
    {
        Span<byte> prefix = stackalloc byte[PrefixSize];
        bytes.Slice(0, PrefixSize).CopyTo(prefix);
        if (prefix[0] > 1)
        {
            throw new RpcException(new Status(
                StatusCode.Internal, $"the first byte of a message is {prefix[0]}, expected 0 (plain) or 1 (compressed)"));
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > _limit)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"a message is {length} bytes long, the limit is {_limit}"));
        }

        try
        {
            Arriving?.Reserve(length);
        }
        catch (OverloadedException e)
        {
            _refused = PrefixSize + (long)length;
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message, e));
        }

        _begun = true;
    }

    private async ValueTask SkipRefusedAsync(CancellationToken cancellationToken)
    {
        while (Refused)
        {
            ReadResult result = await _inner.ReadAsync(cancellationToken);
            long now = Math.Min(result.Buffer.Length, _refused);
            _inner.AdvanceTo(result.Buffer.GetPosition(now));
            _refused -= now;
            if (Refused && result.IsCompleted)
            {
                throw new RpcException(new Status(StatusCode.Internal, "the call ended within a message"));
            }
        }
    }
}
