namespace ModelOperator.Protocol.Grpc;

/// <summary>Collects dimensions: on the stack unless there are many.</summary>
internal ref struct ShapeBuilder(Span<long> initial, int limit, string name)
{
    public const int OnStack = 16;

    private Span<long> _shape = initial;
    private int _rank;

    public readonly ReadOnlySpan<long> Dimensions => _shape[.._rank];

    public void Add(long dimension)
    {
        if (_rank == limit)
        {
            throw new ProtocolException($"input '{name}': shape has more than {limit} dimensions, the limit");
        }

        if (_rank == _shape.Length)
        {
            Span<long> larger = new long[limit];
            _shape.CopyTo(larger);
            _shape = larger;
        }

        _shape[_rank++] = dimension;
    }
}
