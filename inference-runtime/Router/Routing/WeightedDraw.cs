namespace ModelOperator.Router.Routing;

/// <summary>
/// Draws revisions by permuted blocks: each block holds every revision exactly as often as its weight says, in random order.
/// Shares are exact after every block (100 draws when every revision can serve), where independent draws would stray by
/// several requests in a hundred. Thread-safe and without locks: each place of a block is handed out once.
/// </summary>
internal sealed class WeightedDraw
{
    private readonly string[] _block;
    private Block _current;

    /// <param name="weights">Shares in percent; those without weight are never drawn.</param>
    /// <param name="isWhole">Whether they are all that the table has.</param>
    public WeightedDraw(IReadOnlyList<RevisionWeight> weights, bool isWhole = true)
    {
        IsWhole = isWhole;
        Weights = [.. weights.Where(w => w.Weight > 0)];
        _block = [.. Weights.SelectMany(w => Enumerable.Repeat(w.Revision, w.Weight))];
        _current = Block.Shuffled(_block);
    }

    /// <summary>What is drawn from.</summary>
    public IReadOnlyList<RevisionWeight> Weights { get; }

    /// <summary>Whether shares are those of the table: nobody draws for one that cannot serve.</summary>
    public bool IsWhole { get; }

    /// <summary>The next revision, or null when there is none to draw.</summary>
    public string? Next()
    {
        if (_block.Length == 0)
        {
            return null;
        }

        while (true)
        {
            Block drawnFrom = Volatile.Read(ref _current);
            int place = Interlocked.Increment(ref drawnFrom.Taken) - 1;
            if (place < drawnFrom.Order.Length)
            {
                return drawnFrom.Order[place];
            }

            Interlocked.CompareExchange(ref _current, Block.Shuffled(_block), drawnFrom);
        }
    }

    /// <summary>
    /// A revision by weight that is not one of those excluded, outside the blocks, which stay exact; null when none is left.
    /// </summary>
    public string? NextOutsideBlocks(IReadOnlyCollection<string> excluded)
    {
        int total = 0;
        foreach (RevisionWeight weight in Weights)
        {
            if (!excluded.Contains(weight.Revision))
            {
                total += weight.Weight;
            }
        }

        if (total == 0)
        {
            return null;
        }

        int point = Random.Shared.Next(total);
        foreach (RevisionWeight weight in Weights)
        {
            if (excluded.Contains(weight.Revision))
            {
                continue;
            }

            point -= weight.Weight;
            if (point < 0)
            {
                return weight.Revision;
            }
        }

        return null;
    }

    private sealed class Block(string[] order)
    {
        public readonly string[] Order = order;
        public int Taken;

        public static Block Shuffled(string[] entries)
        {
            string[] order = [.. entries];
            Random.Shared.Shuffle(order);
            return new Block(order);
        }
    }
}
