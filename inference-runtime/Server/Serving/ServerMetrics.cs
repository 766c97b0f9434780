using System.Diagnostics.Metrics;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Serving;

/// <summary>What Prometheus can ask of this server.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "ModelOperator.InferenceRuntime";

    private static readonly double[] Seconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _feedback;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _inference;
    private readonly KeyValuePair<string, object?> _model;

    public ServerMetrics(IMeterFactory factory, ServeOptions options, Admission admission, PredictionStore predictions)
    {
        _meter = factory.Create(MeterName);
        _model = new("model", options.ModelName);
        InstrumentAdvice<double> buckets = new() { HistogramBucketBoundaries = Seconds };
        _requests = _meter.CreateCounter<long>(
            "model_server.requests", null, "Requests to infer, by what became of them: success, rejected (4xx), failed (5xx), unavailable (503) or cancelled.");
        _duration = _meter.CreateHistogram(
            "model_server.request.duration", "s", "Time of successful requests to infer, from the request to the answer.", advice: buckets);
        _queue = _meter.CreateHistogram("model_server.queue.duration", "s", "Time that requests waited for their turn.", advice: buckets);
        _inference = _meter.CreateHistogram("model_server.inference.duration", "s", "Time that the model computed.", advice: buckets);
        _feedback = _meter.CreateCounter<long>("model_server.feedback", null, "Predictions whose truth was fed back: correct or incorrect.");
        _meter.CreateObservableGauge(
            "model_server.pending_requests", () => new Measurement<int>(admission.Requests, _model), null, "Requests in the server.");
        _meter.CreateObservableGauge(
            "model_server.remembered_predictions", () => new Measurement<int>(predictions.Count, _model), null, "Predictions kept for feedback.");
    }

    public void Ended(int status, bool cancelled, TimeSpan duration)
    {
        string outcome = cancelled ? "cancelled"
            : status == StatusCodes.Status503ServiceUnavailable ? "unavailable"
            : status >= 500 ? "failed"
            : status >= 400 ? "rejected"
            : "success";
        _requests.Add(1, _model, new("outcome", outcome));
        if (outcome == "success")
        {
            _duration.Record(duration.TotalSeconds, _model);
        }
    }

    public void Computed(TimeSpan waited, TimeSpan inference)
    {
        _queue.Record(waited.TotalSeconds, _model);
        _inference.Record(inference.TotalSeconds, _model);
    }

    public void FedBack(int correct, int incorrect)
    {
        _feedback.Add(correct, _model, new("outcome", "correct"));
        _feedback.Add(incorrect, _model, new("outcome", "incorrect"));
    }

    public void Dispose() => _meter.Dispose();
}
