using ModelOperator.Evidence;

namespace ModelOperator.Cli.Simulate;

/// <summary>One revision's requests, second by second, and what users saw of them.</summary>
internal sealed class ArmTraffic
{
    private static readonly double LogBucketWidth = Math.Log(1.02);

    private readonly ArmBehaviour _behaviour;
    private readonly LatencyDistribution? _latency;
    private readonly Wobble _wobble;
    private readonly Draw _draw;
    private readonly double _feedback;
    private readonly int _delay;
    private readonly Queue<(int Second, int Correct, int Incorrect)> _truth = new();
    private readonly int[] _buckets = new int[LatencyBuckets.Count];
    private readonly int _slowBucket;
    private double _factor = 1;
    private int _shift;
    private int _second;

    /// <param name="settings">What is simulated.</param>
    /// <param name="behaviour">How the revision behaves.</param>
    /// <param name="latency">Its latencies.</param>
    /// <param name="draw">The source of chance.</param>
    public ArmTraffic(SimulationSettings settings, ArmBehaviour behaviour, LatencyDistribution? latency, Draw draw)
    {
        _behaviour = behaviour;
        _latency = latency;
        _draw = draw;
        _wobble = new Wobble(settings.OwnWobble, draw);
        _feedback = settings.Feedback;
        _delay = settings.FeedbackDelaySeconds;
        _slowBucket = settings.Stable.P95 is { } p95 ? LatencyBuckets.Index(p95) : LatencyBuckets.Count;
        Metrics = behaviour.Metrics.ToDictionary(
            metric => metric.Key, metric => new MetricTraffic(metric.Value, draw), StringComparer.Ordinal);
    }

    /// <summary>What its metrics show.</summary>
    public IReadOnlyDictionary<string, MetricTraffic> Metrics { get; }

    public long Requests { get; private set; }

    public long Failed { get; private set; }

    public long Wrong { get; private set; }

    /// <summary>Answers slower than the 95 % quantile of stable.</summary>
    public long Slow { get; private set; }

    /// <summary>Begins an interval: bad shares and latencies wobble from one to the next.</summary>
    public void BeginInterval(double shared)
    {
        _factor = shared * _wobble.Next();
        _shift = (int)Math.Round(Math.Log(_factor) / LogBucketWidth);
    }

    /// <summary>
    /// Answers so many requests in so many seconds, and hears what truth has come by then; null when there was nothing at all.
    /// </summary>
    public RevisionCounts? Serve(int requests, int seconds)
    {
        int failed = _draw.Binomial(requests, _behaviour.Failed * _factor);
        int answered = requests - failed;
        int known = _draw.Binomial(answered, _feedback);
        double wrongShare = Math.Min(1, _behaviour.Wrong * _factor);
        int incorrect = _draw.Binomial(known, wrongShare);
        Requests += requests;
        Failed += failed;
        Wrong += incorrect + _draw.Binomial(answered - known, wrongShare);
        foreach (var metric in Metrics.Values)
        {
            metric.Add(requests, _factor);
        }

        _truth.Enqueue((_second + _delay, known - incorrect, incorrect));
        _second += seconds;
        var (correct, wrong) = (0, 0);
        while (_truth.TryPeek(out var truth) && truth.Second < _second)
        {
            (_, int right, int notRight) = _truth.Dequeue();
            correct += right;
            wrong += notRight;
        }

        return requests == 0 && correct == 0 && wrong == 0
            ? null
            : new RevisionCounts
            {
                Requests = requests,
                Errors = failed,
                Correct = correct,
                Incorrect = wrong,
                Latency = Latencies(answered),
            };
    }

    private List<long[]> Latencies(int answered)
    {
        if (_latency is null)
        {
            return [];
        }

        _latency.Add(_draw, answered, _shift, _buckets);
        var pairs = new List<long[]>();
        for (int bucket = 0; bucket < _buckets.Length; bucket++)
        {
            if (_buckets[bucket] > 0)
            {
                pairs.Add([bucket, _buckets[bucket]]);
                Slow += bucket > _slowBucket ? _buckets[bucket] : 0;
                _buckets[bucket] = 0;
            }
        }

        return pairs;
    }
}
