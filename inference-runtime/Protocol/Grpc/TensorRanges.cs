namespace ModelOperator.Protocol.Grpc;

/// <summary>Places of the tensors of a message: on the stack unless there are many.</summary>
internal ref struct TensorRanges(Span<ProtoRange> initial, int limit, string field)
{
    public const int OnStack = 16;

    private Span<ProtoRange> _ranges = initial;
    private int _count;

    public readonly ReadOnlySpan<ProtoRange> Ranges => _ranges[.._count];

    public void Add(ProtoRange range)
    {
        if (_count == limit)
        {
            throw new ProtocolException($"{field} has more than {limit} tensors, the limit");
        }

        if (_count == _ranges.Length)
        {
            Span<ProtoRange> larger = new ProtoRange[Math.Min(2 * _count, limit)];
            _ranges.CopyTo(larger);
            _ranges = larger;
        }

        _ranges[_count++] = range;
    }
}
