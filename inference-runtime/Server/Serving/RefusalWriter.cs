using System.Buffers;
using System.IO.Pipelines;

namespace ModelOperator.Server.Serving;

/// <summary>
/// What a connection sends. Kestrel refuses requests that it cannot read, such as those without a host, with an empty answer that nobody
/// can change; it goes nowhere once another answer was given to be sent instead.
/// </summary>
internal sealed class RefusalWriter(PipeWriter inner) : PipeWriter
{
    private ArrayBufferWriter<byte>? _dropped;
    private byte[]? _answer;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    private IBufferWriter<byte> Target => _dropped is null ? inner : _dropped;

    /// <summary>Sends an answer in the place of what Kestrel is about to write, which is the last thing of the connection.</summary>
    public void Refuse(byte[] answer) => (_answer, _dropped) = (answer, new ArrayBufferWriter<byte>());

    public override Memory<byte> GetMemory(int sizeHint = 0) => Target.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Target.GetSpan(sizeHint);

    public override void Advance(int bytes) => Target.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        WriteAnswer();
        return inner.FlushAsync(cancellationToken);
    }

    public override void Complete(Exception? exception = null)
    {
        WriteAnswer();
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        WriteAnswer();
        return inner.CompleteAsync(exception);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    private void WriteAnswer()
    {
        if (_answer is { } answer)
        {
            _answer = null;
            inner.Write(answer);
        }
    }
}
