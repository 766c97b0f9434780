using ModelOperator.Evidence;

namespace ModelOperator.Cli.Simulate;

/// <summary>
/// Lognormal latencies as the routers count them, in buckets 2 % wide. A few are drawn one by one with Walker's alias method, many at once
/// bucket by bucket, each a binomial of what is left.
/// </summary>
internal sealed class LatencyDistribution
{
    /// <summary>
    /// By how much the 95 % quantile is above the median when nobody says: a moderate tail, as servers of one model show it.
    /// </summary>
    public const double P95OverP50 = 2;

    private const double Normal95 = 1.6448536269514722;
    private const double Least = 1e-12;
    private const int Many = 4096;

    private readonly int _first;
    private readonly double[] _ofRest;
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
            double upTo =
                i == shares.Length - 1 ? 1 : NormalDistribution.Below((Math.Log(LatencyBuckets.Bound(i).Ticks) - location) / scale);
            (shares[i], below) = (upTo - below, upTo);
        }

        _first = Array.FindIndex(shares, share => share > Least);
        int last = Array.FindLastIndex(shares, share => share > Least);
        double[] used = shares[_first..(last + 1)];
        double rest = used.Sum();
        _ofRest = new double[used.Length];
        for (int i = 0; i < used.Length; i++)
        {
            _ofRest[i] = i == used.Length - 1 ? 1 : Math.Min(1, used[i] / rest);
            rest -= used[i];
        }

        (_share, _alias) = Tables(used);
    }

    /// <summary>Draws so many latencies and adds them to the counts of their buckets, all moved by so many buckets.</summary>
    public void Add(Draw draw, int latencies, int shift, Span<int> counts)
    {
        int last = counts.Length - 1;
        if (latencies <= Many)
        {
            for (int i = 0; i < latencies; i++)
            {
                counts[Math.Clamp(Next(draw) + shift, 0, last)]++;
            }

            return;
        }

        for (int i = 0; latencies > 0; i++)
        {
            int here = draw.Binomial(latencies, _ofRest[i]);
            counts[Math.Clamp(_first + i + shift, 0, last)] += here;
            latencies -= here;
        }
    }

    private int Next(Draw draw)
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
