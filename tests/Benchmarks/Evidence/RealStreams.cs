using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>
/// Streams as real traffic brings them: incidents, daily swings, hiccups, cold starts, slow wobble, few requests, blocks of uneven size.
/// </summary>
internal static class RealStreams
{
    private const int Hour = 360;

    private static readonly (RealStream Stream, int MostBlocks)[] Faults =
    [
        .. Incident(1, Hour, (1, 3), (0.2, 6), (0.05, 20), (0.02, 60)),
        .. Incident(24, 24 * Hour, (1, 3), (0.2, 6), (0.05, 20), (0.02, 60)),
        (new("stable improved from 5 to 1 % six hours ago: 1 -> 2 %") { History = 4320, StableAt = (block, rate) =>
            block < -2160 ? 0.05 : rate, Canary = 0.02 }, 45),
        (new("equal for 6 minutes, then fails all") { CanaryAt = (block, rate) => block < 36 ? rate : 1 }, 39),
        (new("5 % canary, margin 1, 1 -> 3 %") { Share = 0.05, Margin = 0.01, Canary = 0.03 }, 120),
        (new("daily swing, blocks of 60 s, 1 -> 2 %")
        {
            BlockSeconds = 60,
            Requests = 3000,
            History = 1440,
            Blocks = 1440,
            Canary = 0.02,
            StableAt = Swing(1440),
            CanaryAt = Swing(1440),
        }, 10),
        (new("daily swing, blocks of 300 s, 1 -> 2 %")
        {
            BlockSeconds = 300, Requests = 15_000, History = 576, Blocks = 288, Canary = 0.02, StableAt = Swing(288), CanaryAt = Swing(288),
        }, 4),
        (new("regimes change every hour for both, odds x 2")
        {
            Canary = 0.02, StableAt = Regimes, CanaryAt = Regimes,
        }, 8640),
        (new("one block of 1,000,000 among blocks of 20, 1 -> 2 %")
        {
            Requests = 20, Share = 0.1, Canary = 0.02, RequestsAt = (block, requests) => block == 30 ? 1_000_000 : requests,
        }, 400),
    ];

    private static readonly (RealStream Stream, double MostFalse)[] Alike =
    [
        (new("first 10 canary requests slow, 5 % slow, margin 5")
        {
            ColdRequests = 10,
            Stable = 0.05,
            Canary = 0.05,
            Margin = 0.05,
            Blocks = Hour,
        }, 0.01),
        (new("first 5 canary requests fail, margin 1") { ColdRequests = 5, Margin = 0.01, Blocks = Hour }, 0.01),
        (new("one of 10 pods fails for 10 s every 12 h, margin 1") { HiccupEvery = 12 * Hour, Margin = 0.01 }, 0.01),
        (
            new("one of 10 pods fails for 10 s every 12 h, 50 % canary, margin 1") { HiccupEvery = 12 * Hour, Margin = 0.01, Share = 0.5 },
            0.01),
        (new("own wobble, memory 0.9") { OwnWobble = 0.3, Memory = 0.9 }, 0.01),
        (new("own wobble, memory 0.97, 5 %") { OwnWobble = 0.3, Memory = 0.97, Stable = 0.05, Canary = 0.05 }, 0.02),
        (new("own wobble, memory 0.99") { OwnWobble = 0.3, Memory = 0.99 }, 0.01),
        (new("own wobble, memory 0.997") { OwnWobble = 0.3, Memory = 0.997 }, 0.03),
        (new("own wobble, memory 0.997, 50 % canary") { OwnWobble = 0.3, Memory = 0.997, Share = 0.5 }, 0.03),
        (new("steady") { }, 0.01),
        (new("daily swing, blocks of 300 s")
        {
            BlockSeconds = 300, Requests = 15_000, History = 576, Blocks = 288, StableAt = Swing(288), CanaryAt = Swing(288),
        }, 0.01),
        (new("regimes change every hour for both, odds x 2") { StableAt = Regimes, CanaryAt = Regimes }, 0.01),
    ];

    public static void Measure(Report report, int runs)
    {
        var rows = new List<string[]>();
        foreach (var (stream, most) in Faults)
        {
            report.Progress(stream.Name);
            var ends = Ends(stream, runs);
            double median = Runs.Median([.. ends]);
            double found = ends.Count(double.IsFinite) / (double)runs;
            rows.Add([stream.Name, Report.Number(median), Report.Number(Quantile(ends, 0.95)), $"{most}", Report.Percent(found)]);
            report.AtMost($"blocks: {stream.Name}", median, most);
        }

        report.Table("Faults on real streams: blocks to the rollback.", ["stream", "median", "95 %", "target", "found, %"], rows);
        rows.Clear();
        foreach (var (stream, most) in Alike)
        {
            report.Progress(stream.Name);
            double share = Ends(stream, runs).Count(double.IsFinite) / (double)runs;
            rows.Add([stream.Name, Report.Percent(share), Report.Percent(most)]);
            report.AtMost($"false rollbacks: {stream.Name}", share, most);
        }

        report.Table("Canaries as good on real streams: rolled back falsely.", ["stream", "%", "target"], rows);
    }

    private static double[] Ends(RealStream stream, int runs)
    {
        double[] ends = new double[runs];
        Parallel.For(0, runs, seed =>
        {
            var run = stream.Start(seed + 1);
            var ours = new Ours(run.Before(), stream.Margin, stream.BlockSeconds);
            ends[seed] = double.PositiveInfinity;
            for (int block = 1; block <= stream.Blocks; block++)
            {
                if (ours.RollsBack(run.Next()))
                {
                    ends[seed] = block;
                    break;
                }
            }
        });
        return ends;
    }

    private static double Quantile(double[] values, double share) => values.Order().ElementAt((int)(share * (values.Length - 1)));

    private static IEnumerable<(RealStream, int)> Incident(int hours, int ago, params (double Canary, int Most)[] faults) =>
        faults.Select(fault =>
            (new RealStream(FormattableString.Invariant($"50 % bad for 5 minutes {hours} h ago: 1 -> {100 * fault.Canary:0} %"))
            {
                History = ago + Hour,
                StableAt = (block, rate) => block >= -ago && block < -ago + 30 ? 0.5 : rate,
                Canary = fault.Canary,
            }, fault.Most));

    private static Func<int, double, double> Swing(int day) => (block, rate) => rate * Math.Pow(2, Math.Sin(2 * Math.PI * block / day));

    private static double Regimes(int block, double rate)
    {
        bool isHigh = ((block / Hour) + (block < 0 ? 1 : 0)) % 2 != 0;
        double odds = rate / (1 - rate) * (isHigh ? 2 : 1);
        return odds / (1 + odds);
    }
}
