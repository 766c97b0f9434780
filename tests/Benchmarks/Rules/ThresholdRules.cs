using ModelOperator.Analysis;

namespace ModelOperator.Benchmarks.Rules;

/// <summary>Gathers blocks into intervals of one minute, as the threshold tools look.</summary>
internal abstract class MinuteRule : IRule
{
    private const int BlocksAMinute = 6;

    private Block _minute;
    private int _blocks;

    public bool RollsBack(Block block)
    {
        _minute += block;
        if (++_blocks % BlocksAMinute != 0)
        {
            return false;
        }

        var minute = _minute;
        _minute = default;
        return RollsBackAfter(minute);
    }

    protected abstract bool RollsBackAfter(Block minute);
}

/// <summary>
/// Flagger's counter: each interval of 60 s in which the canary's bad rate is over the threshold adds 1, passes take nothing away, and at
/// the limit it rolls back. An interval without requests counts as failed.
/// </summary>
internal sealed class Flagger(double threshold, int limit) : MinuteRule
{
    private int _failed;

    protected override bool RollsBackAfter(Block minute)
    {
        _failed += minute.Canary.Total == 0 || minute.Canary.Rate > threshold ? 1 : 0;
        return _failed >= limit;
    }
}

/// <summary>
/// Argo Rollouts' success condition with failureLimit, interval 60 s: more failed measurements than the limit end the rollout. With only a
/// success condition a NaN, no requests, is a failed measurement.
/// </summary>
internal sealed class Argo(double threshold, int failureLimit) : MinuteRule
{
    private int _failed;

    protected override bool RollsBackAfter(Block minute)
    {
        _failed += minute.Canary.Total == 0 || minute.Canary.Rate > threshold ? 1 : 0;
        return _failed > failureLimit;
    }
}

/// <summary>
/// Kayenta's judge: Mann-Whitney over per-minute rates of both arms with 98 % confidence, looked at every hour over everything so far, once
/// 50 points are there.
/// </summary>
internal sealed class Kayenta : MinuteRule
{
    private const int LeastPoints = 50;
    private const int MinutesBetween = 60;

    // Two-sided 98 %.
    private const double Deviations = 2.326;

    private readonly List<double> _canary = [];
    private readonly List<double> _stable = [];

    protected override bool RollsBackAfter(Block minute)
    {
        _canary.Add(minute.Canary.Rate);
        _stable.Add(minute.Stable.Rate);
        return _canary.Count >= LeastPoints && _canary.Count % MinutesBetween == 0 && Deviation() > Deviations;
    }

    // Normal approximation with correction for ties, as for samples of this size.
    private double Deviation()
    {
        int n = _canary.Count;
        var all = _canary.Select(rate => (rate, isCanary: true))
            .Concat(_stable.Select(rate => (rate, isCanary: false)))
            .OrderBy(point => point.rate)
            .ToArray();
        double rankSum = 0;
        double ties = 0;
        for (int start = 0; start < all.Length;)
        {
            int end = start;
            while (end < all.Length && all[end].rate.Equals(all[start].rate))
            {
                end++;
            }

            double rank = (start + end + 1) / 2.0;
            rankSum += rank * all[start..end].Count(point => point.isCanary);
            double tied = end - start;
            ties += (tied * tied * tied) - tied;
            start = end;
        }

        double u = rankSum - (n * (n + 1) / 2.0);
        double total = 2.0 * n;
        double variance = n * (double)n / 12 * (total + 1 - (ties / (total * (total - 1))));
        return variance > 0 ? (u - (n * (double)n / 2) - 0.5) / Math.Sqrt(variance) : 0;
    }
}
