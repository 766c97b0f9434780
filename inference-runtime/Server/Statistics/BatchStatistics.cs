using System.Collections.Concurrent;

namespace ModelOperator.Server.Statistics;

/// <summary>What runs of the model took, by the number of rows in them.</summary>
internal sealed class BatchStatistics
{
    /// <summary>Clients choose batch sizes, so their number needs an end: further ones are counted in the model's totals only.</summary>
    public const int MostSizes = 256;

    private const int Executions = 0;
    private const int Input = 1;
    private const int Infer = 2;
    private const int Output = 3;

    private readonly ConcurrentDictionary<int, long[]> _sizes = new();

    public void Executed(int size, TimeSpan input, TimeSpan infer, TimeSpan output)
    {
        if (!_sizes.TryGetValue(size, out long[]? counters))
        {
            if (_sizes.Count >= MostSizes)
            {
                return;
            }

            counters = _sizes.GetOrAdd(size, static _ => new long[4]);
        }

        Interlocked.Increment(ref counters[Executions]);
        Interlocked.Add(ref counters[Input], input.Ticks);
        Interlocked.Add(ref counters[Infer], infer.Ticks);
        Interlocked.Add(ref counters[Output], output.Ticks);
    }

    /// <summary>By ascending size.</summary>
    public IReadOnlyList<BatchSnapshot> Read()
    {
        List<BatchSnapshot> batches = [];
        foreach ((int size, long[] counters) in _sizes)
        {
            long count = Volatile.Read(ref counters[Executions]);
            batches.Add(new BatchSnapshot(
                size,
                DurationTotal.Of(count, Volatile.Read(ref counters[Input])),
                DurationTotal.Of(count, Volatile.Read(ref counters[Infer])),
                DurationTotal.Of(count, Volatile.Read(ref counters[Output]))));
        }

        batches.Sort(static (a, b) => a.BatchSize.CompareTo(b.BatchSize));
        return batches;
    }
}
