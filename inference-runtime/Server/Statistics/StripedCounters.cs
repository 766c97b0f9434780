using System.Numerics;

namespace ModelOperator.Server.Statistics;

/// <summary>
/// Counters that all cores add to. Every core has cache lines of its own, so that counting a request costs nothing that grows with the
/// number of cores; a reader adds them up, each counter exact by itself.
/// </summary>
internal sealed class StripedCounters
{
    // Two lines: processors fetch them in pairs.
    private const int LineLength = 128 / sizeof(long);
    private const int MostStripes = 64;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, MostStripes));

    private readonly long[] _values;
    private readonly int _stride;
    private readonly int _count;

    public StripedCounters(int count)
    {
        _count = count;
        _stride = (count + LineLength - 1) / LineLength * LineLength;
        // The first line keeps the array's header, which everybody reads, apart from what is written.
        _values = new long[LineLength + (Stripes * _stride)];
    }

    /// <summary>The counters of this core, to add to with <see cref="Interlocked"/>: the thread may be moved at any time.</summary>
    public Span<long> Local => Stripe(Thread.GetCurrentProcessorId() & (Stripes - 1));

    public void Add(int counter, long amount) => Interlocked.Add(ref Local[counter], amount);

    public long Sum(int counter)
    {
        long sum = 0;
        for (int i = 0; i < Stripes; i++)
        {
            sum += Volatile.Read(ref Stripe(i)[counter]);
        }

        return sum;
    }

    private Span<long> Stripe(int index) => _values.AsSpan(LineLength + (index * _stride), _count);
}
