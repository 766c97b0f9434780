using ModelOperator.Evidence;

namespace ModelOperator.Cli.Simulate;

/// <summary>
/// Lognormal latencies as the routers count them, in buckets 2 % wide. Drawn with Walker's alias method: one look into a table each, however many
/// buckets there are.
/// </summary>
internal sealed class LatencyDistribution
{
    /// <summary>By how much the 95 % quantile is above the median when nobody says: a moderate tail, as servers of one model show it.</summary>
    public const double P95OverP50 = 2;

    private const double Normal95 = 1.6448536269514722;
    private const double Least = 1e-12;

    private readonly int _first;
    private readonly double[] _share;
    private readonly int[] _alias;

    public LatencyDistribution(TimeSpan median, TimeSpan p95)
    {
        double location = Math.Log(median.Ticks);
        double scale = Math.Log(p95 / median) / Normal95;
        double[] shares = new double[LatencyBuckets.Count];
        double below = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            double upTo = i == shares.Length - 1 ? 1 : NormalDistribution.Below((Math.Log(LatencyBuckets.Bound(i).Ticks) - location) / scale);
            (shares[i], below) = (upTo - below, upTo);
        }

        _first = Array.FindIndex(shares, share => share > Least);
        int last = Array.FindLastIndex(shares, share => share > Least);
        (_share, _alias) = Tables(shares[_first..(last + 1)]);
    }

    /// <summary>The bucket of one latency.</summary>
    public int Next(Draw draw)
    {
        double point = draw.Uniform() * _share.Length;
        int column = (int)point;
        return _first + (point - column < _share[column] ? column : _alias[column]);
    }

    private static (double[] Share, int[] Alias) Tables(double[] shares)
    {
        double sum = shares.Sum();
        double[] scaled = [.. shares.Select(share => share * shares.Length / sum)];
        int[] alias = [.. Enumerable.Range(0, shares.Length)];
        var small = new Stack<int>(alias.Where(i => scaled[i] < 1));
        var large = new Stack<int>(alias.Where(i => scaled[i] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop();
            int more = large.Pop();
            alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        foreach (int left in small.Concat(large))
        {
            scaled[left] = 1;
        }

        return (scaled, alias);
    }
}
