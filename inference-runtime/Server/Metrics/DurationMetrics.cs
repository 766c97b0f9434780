using System.Diagnostics.Metrics;
using ModelOperator.Server.Models;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Metrics;

/// <summary>How long answered requests took, and their parts.</summary>
internal sealed class DurationMetrics(Meter meter)
{
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Histogram<double> _requests = meter.CreateHistogram(
        "model_server_request_duration_seconds", "s", "Time of answered requests from their arrival to their results.", advice: Buckets);

    private readonly Histogram<double> _queue = meter.CreateHistogram(
        "model_server_queue_duration_seconds", "s", "Time that answered requests waited for their turn.", advice: Buckets);

    private readonly Histogram<double> _inference = meter.CreateHistogram(
        "model_server_inference_duration_seconds", "s", "Time that the model computed for answered requests.", advice: Buckets);

    public void Answered(ServedModel served, in InferTimings timings, TimeSpan total)
    {
        var model = new KeyValuePair<string, object?>("model", served.Name);
        var version = new KeyValuePair<string, object?>("version", served.Version);
        _requests.Record(total.TotalSeconds, model, version);
        _queue.Record(timings.Queue.TotalSeconds, model, version);
        _inference.Record(timings.Infer.TotalSeconds, model, version);
    }
}
