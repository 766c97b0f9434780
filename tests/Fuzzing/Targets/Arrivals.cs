using System.Buffers;
using System.IO.Pipelines;

namespace ModelOperator.Fuzzing.Targets;

/// <summary>The body of a request that arrives in pieces, each in memory of its own. Nothing waits: the next piece is there when the last one was looked at.</summary>
internal sealed class Arrivals : PipeReader
{
    private readonly Piece[] _pieces;
    private int _arrived;
    private long _consumed;
    private long _examined;
    private bool _reading;

    /// <param name="body">All of it.</param>
    /// <param name="lengths">Of the pieces; what is left over is the last one.</param>
    public Arrivals(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> lengths)
    {
        List<Piece> pieces = [];
        foreach (byte length in lengths)
        {
            int now = Math.Min(length, body.Length);
            pieces.Add(new Piece(body[..now], pieces.LastOrDefault()));
            body = body[now..];
        }

        pieces.Add(new Piece(body, pieces.LastOrDefault()));
        _pieces = [.. pieces];
    }

    private long Available => _arrived == 0 ? 0 : _pieces[_arrived - 1].End;

    public override bool TryRead(out ReadResult result)
    {
        result = Read();
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(Read());

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_reading)
        {
            throw new InvalidOperationException("nothing was read that could be advanced over");
        }

        _reading = false;
        (long from, long to) = (PlaceOf(consumed), PlaceOf(examined));
        if (from < _consumed || to < from || to > Available)
        {
            throw new InvalidOperationException($"advanced to {from} and {to}, but {_consumed} is consumed and {Available} is there");
        }

        (_consumed, _examined) = (from, Math.Max(_examined, to));
    }

    public override void CancelPendingRead()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    private ReadResult Read()
    {
        if (_reading)
        {
            throw new InvalidOperationException("what was read before was not advanced over");
        }

        _reading = true;
        while (_arrived < _pieces.Length && (_arrived == 0 || _examined >= Available))
        {
            _arrived++;
        }

        Piece last = _pieces[_arrived - 1];
        ReadOnlySequence<byte> all = new(_pieces[0], 0, last, last.Memory.Length);
        return new ReadResult(all.Slice(_consumed), isCanceled: false, isCompleted: _arrived == _pieces.Length);
    }

    private static long PlaceOf(SequencePosition position) => ((Piece)position.GetObject()!).RunningIndex + position.GetInteger();

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            RunningIndex = before?.End ?? 0;
            if (before is not null)
            {
                before.Next = this;
            }
        }

        public long End => RunningIndex + Memory.Length;
    }
}
