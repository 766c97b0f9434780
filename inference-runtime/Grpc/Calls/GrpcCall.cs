using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace ModelOperator.Grpc;

/// <summary>A call: messages in, messages out. One thread may read while another one writes.</summary>
public sealed class GrpcCall : IDisposable
{
    private readonly HttpContext _context;
    private readonly MessageReader _reader;
    private readonly MessageWriter _writer;
    private readonly CallTimer? _timer;
    private readonly TimeSpan? _limit;
    private readonly MessageEncoding _responseEncoding;
    private readonly bool _flushes;

    internal GrpcCall(HttpContext context, GrpcMethod method, GrpcLimits limits, TimeProvider time)
    {
        _context = context;
        _flushes = method.ServerStreams;
        IHeaderDictionary headers = context.Request.Headers;
        MessageEncoding encoding = RequestEncoding(headers);
        // A client that compresses wants answers compressed too.
        _responseEncoding = encoding != MessageEncoding.Identity && MessageEncodings.Accepts(headers.GrpcAcceptEncoding, encoding)
            ? encoding
            : MessageEncoding.Identity;
        _reader = new MessageReader(context.Request.BodyReader, limits, encoding);
        _writer = new MessageWriter(context.Response.BodyWriter, limits, _responseEncoding);
        TimeSpan? deadline = RequestTimeout(headers);
        if (deadline is { } remaining && !(remaining > method.MaxDuration))
        {
            _timer = CallTimer.Start(remaining, time, context.RequestAborted);
        }
        else if (method.MaxDuration is { } most)
        {
            _limit = most;
            _timer = CallTimer.Start(most, time, context.RequestAborted);
        }
    }

    /// <summary>Metadata of the client.</summary>
    public IHeaderDictionary RequestHeaders => _context.Request.Headers;

    /// <summary>Metadata for the client, until the first message is written.</summary>
    public IHeaderDictionary ResponseHeaders => _context.Response.Headers;

    /// <summary>Cancelled when the client gave up or its deadline has passed.</summary>
    public CancellationToken CancellationToken => _timer?.Token ?? _context.RequestAborted;

    /// <summary>Ends when the call does; what belongs to it and its connection.</summary>
    public HttpContext HttpContext => _context;

    /// <summary>Whether the call's time is up.</summary>
    internal bool TimeIsUp => _timer?.Token.IsCancellationRequested == true && !_context.RequestAborted.IsCancellationRequested;

    /// <summary>What to tell the client when it is.</summary>
    internal string EndMessage => _limit is { } limit ? $"the call took longer than {limit.TotalSeconds} s, the limit" : "the deadline of the call has passed";

    /// <summary>Whether a message was sent in part.</summary>
    internal bool Broken => _writer.Broken;

    /// <summary>The next message of the client; null when it has sent all.</summary>
    public ValueTask<MessageBuffer?> ReadAsync(IMessageBudget? budget = null, AlignmentProbe? probe = null) =>
        _reader.ReadAsync(budget, probe, CancellationToken);

    /// <summary>The only message of the client; it is an error to send none, or more.</summary>
    public ValueTask<MessageBuffer> ReadSingleAsync(IMessageBudget? budget = null, AlignmentProbe? probe = null) =>
        _reader.ReadSingleAsync(budget, probe, CancellationToken);

    /// <summary>
    /// Ends a stream between two messages of its client, with the status that the server is unavailable, once a token is cancelled.
    /// </summary>
    public CancellationTokenRegistration StopReadingOn(CancellationToken stopping) =>
        stopping.UnsafeRegister(static reader => ((MessageReader)reader!).Stop(), _reader);

    /// <summary>Sends a message.</summary>
    public ValueTask WriteAsync(IMessage message) => WriteAsync(new ProtobufContent(message));

    /// <inheritdoc cref="WriteAsync(IMessage)"/>
    public ValueTask WriteAsync<T>(T message)
        where T : IMessageContent
    {
        if (!_context.Response.HasStarted)
        {
            Start();
        }

        ValueTask written = _writer.WriteAsync(message, CancellationToken);
        // The only message of a call goes out together with the status.
        return _flushes || !written.IsCompletedSuccessfully ? FlushAsync(written) : written;
    }

    /// <summary>The message that bytes stand for.</summary>
    public static T Parse<T>(MessageBuffer message, MessageParser<T> parser)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(message.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.Internal, $"a message is not what the method takes: {e.Message}", e);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private static MessageEncoding RequestEncoding(IHeaderDictionary headers)
    {
        if (headers.GrpcEncoding is not [{ } name, ..])
        {
            return MessageEncoding.Identity;
        }

        return MessageEncodings.TryParse(name, out MessageEncoding encoding)
            ? encoding
            : throw new RpcException(StatusCode.Unimplemented, $"grpc-encoding is '{name}', expected one of {MessageEncodings.All}");
    }

    private static TimeSpan? RequestTimeout(IHeaderDictionary headers)
    {
        if (headers.GrpcTimeout is not [{ } text, ..])
        {
            return null;
        }

        return GrpcTimeout.TryParse(text, out TimeSpan timeout)
            ? timeout
            : throw new RpcException(StatusCode.InvalidArgument, $"grpc-timeout is '{text}', expected up to 8 digits and one of H, M, S, m, u, n");
    }

    private void Start()
    {
        if (_responseEncoding != MessageEncoding.Identity)
        {
            _context.Response.Headers.GrpcEncoding = _responseEncoding.Name();
        }
    }

    private async ValueTask FlushAsync(ValueTask written)
    {
        await written;
        if (_flushes)
        {
            await _context.Response.BodyWriter.FlushAsync(CancellationToken);
        }
    }
}
