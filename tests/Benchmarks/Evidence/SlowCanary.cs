using ModelOperator.Analysis;
using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;
using ModelOperator.Evidence;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>
/// Slower canaries, as the product finds them: lognormal latencies counted in the routers' buckets, slow being over stable's own 95 %
/// quantile as known before the block.
/// </summary>
internal static class SlowCanary
{
    private const double Median = 20;
    private const double Spread = 0.5;
    private const double Quantile = 0.95;
    private const double QuantileDeviation = 1.6448536269514722;

    // Enough of the past to know a quantile; more changes nothing.
    private const int HistoryRequests = 20_000;

    public static (Outcome Ours, double Limit) Run(double slower, int rate, double share, int runs)
    {
        var ends = new (double Samples, double Blocks)[runs];
        Parallel.For(0, runs, run => ends[run] = One(slower, rate, share, run));
        double slow = 1 - Normal(QuantileDeviation - (Math.Log(slower) / Spread));
        return (
            new Outcome(
                ends.Count(end => double.IsFinite(end.Blocks)) / (double)runs,
                Runs.Median([.. ends.Select(end => end.Samples)]),
                Runs.Median([.. ends.Select(end => end.Blocks)])),
            KnownRates.Limit(slow, 1 - Quantile, share));
    }

    private static (double Samples, double Blocks) One(double slower, int rate, double share, int run)
    {
        var draw = new Draw((run * 1009) + (rate * 31) + (int)(share * 10) + (int)(slower * 100_000));
        var criterion = Criterion.Margin(0);
        int requests = rate * TrafficStream.BlockSeconds;
        int canaryRequests = (int)(requests * share);
        var target = LatencyTarget.Following(Quantile).Learn(Latencies(draw, HistoryRequests, 1)).Settle();
        var evidence = new GuardrailEvidence { Latency = target };
        for (int block = 0; block < HistoryRequests / requests; block++)
        {
            evidence = evidence.Collect(new Block(default, target.Count(Latencies(draw, requests, 1)))).CloseStableBlock();
        }

        for (int block = 1; block <= TrafficStream.Day; block++)
        {
            var stable = Latencies(draw, requests - canaryRequests, 1);
            var latency = evidence.Latency!;
            evidence = evidence.Collect(new Block(latency.Count(Latencies(draw, canaryRequests, slower)), latency.Count(stable)));
            evidence = (evidence with { Latency = latency.Learn(stable) }).CloseBlock(criterion);
            if (evidence.Harm.LogPeak >= Math.Log(100))
            {
                return ((double)block * canaryRequests, block);
            }
        }

        return (double.PositiveInfinity, double.PositiveInfinity);
    }

    private static List<(int Bucket, long Count)> Latencies(Draw draw, int count, double slower)
    {
        Span<long> counts = stackalloc long[LatencyBuckets.Count];
        for (int i = 0; i < count; i++)
        {
            counts[LatencyBuckets.Index(TimeSpan.FromMilliseconds(slower * Median * Math.Exp(Spread * draw.Normal())))]++;
        }

        var pairs = new List<(int, long)>();
        for (int bucket = 0; bucket < counts.Length; bucket++)
        {
            if (counts[bucket] > 0)
            {
                pairs.Add((bucket, counts[bucket]));
            }
        }

        return pairs;
    }

    // Abramowitz and Stegun 26.2.17: off by less than 1e-7.
    private static double Normal(double z)
    {
        if (z < 0)
        {
            return 1 - Normal(-z);
        }

        double t = 1 / (1 + (0.2316419 * z));
        double tail = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return 1 - (Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * tail);
    }
}
