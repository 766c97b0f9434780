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

    private readonly ConcurrentDictionary<int, StripedCounters> _sizes = new();

    public void Executed(int size, TimeSpan input, TimeSpan infer, TimeSpan output)
    {
        if (!_sizes.TryGetValue(size, out StripedCounters? counters))
        {
            if (_sizes.Count >= MostSizes)
            {
                return;
            }

            counters = _sizes.GetOrAdd(size, static _ => new StripedCounters(4));
        }

        Span<long> local = counters.Local;
        Interlocked.Increment(ref local[Executions]);
        Interlocked.Add(ref local[Input], input.Ticks);
        Interlocked.Add(ref local[Infer], infer.Ticks);
        Interlocked.Add(ref local[Output], output.Ticks);
    }

    /// <summary>By ascending size.</summary>
    public IReadOnlyList<BatchSnapshot> Read()
    {
        List<BatchSnapshot> batches = [];
        foreach ((int size, StripedCounters counters) in _sizes)
        {
            long count = counters.Sum(Executions);
            batches.Add(new BatchSnapshot(
                size,
                DurationTotal.Of(count, counters.Sum(Input)),
                DurationTotal.Of(count, counters.Sum(Infer)),
                DurationTotal.Of(count, counters.Sum(Output))));
        }

        batches.Sort(static (a, b) => a.BatchSize.CompareTo(b.BatchSize));
        return batches;
    }
}
