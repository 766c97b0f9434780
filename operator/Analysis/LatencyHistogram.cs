using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Counts of latencies by bucket. Old counts fade: past a total of <see cref="Memory"/> all are halved, so that the quantile follows the
/// day and the JSON stays small.
/// </summary>
[JsonConverter(typeof(LatencyHistogramConverter))]
public sealed class LatencyHistogram
{
    /// <summary>Total above which all counts are halved.</summary>
    public const long Memory = 20_000;

    /// <summary>Buckets there may be; what lies beyond counts in the last one.</summary>
    public const int Buckets = 1024;

    public static LatencyHistogram Empty { get; } = new([]);

    private readonly SortedDictionary<int, long> _counts;

    internal LatencyHistogram(SortedDictionary<int, long> counts)
    {
        _counts = counts;
        Total = counts.Values.Sum();
    }

    /// <summary>Latencies remembered.</summary>
    public long Total { get; }

    /// <summary>The buckets that hold something, in order.</summary>
    public IEnumerable<KeyValuePair<int, long>> Counts => _counts;

    /// <summary>The histogram with more latencies in it.</summary>
    public LatencyHistogram Add(IEnumerable<(int Bucket, long Count)> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var sum = new SortedDictionary<int, long>(_counts);
        foreach (var (bucket, count) in counts.Where(pair => pair.Count > 0))
        {
            int index = Math.Clamp(bucket, 0, Buckets - 1);
            sum[index] = sum.GetValueOrDefault(index) + count;
        }

        var added = new LatencyHistogram(sum);
        while (added.Total > Memory)
        {
            added = added.Halve();
        }

        return added;
    }

    /// <summary>The histogram with another's latencies in it.</summary>
    public LatencyHistogram Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Add(other._counts.Select(pair => (pair.Key, pair.Value)));
    }

    /// <summary>How many lie beyond a bucket.</summary>
    public long Beyond(int bucket) => _counts.Where(pair => pair.Key > bucket).Sum(pair => pair.Value);

    /// <summary>The first bucket with at least this share of the latencies in it and those below; null when there are none.</summary>
    public int? Quantile(double share)
    {
        double wanted = share * Total;
        long sum = 0;
        foreach (var (bucket, count) in _counts)
        {
            sum += count;
            if (sum >= wanted)
            {
                return bucket;
            }
        }

        return null;
    }

    private LatencyHistogram Halve() =>
        new(new SortedDictionary<int, long>(_counts.Where(pair => pair.Value > 1).ToDictionary(pair => pair.Key, pair => pair.Value / 2)));
}
