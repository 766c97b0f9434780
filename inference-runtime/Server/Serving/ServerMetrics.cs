using System.Diagnostics.Metrics;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Metrics;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Serving;

/// <summary>Everything this server measures, under the names Prometheus reads: see <see cref="MetricsEndpoint"/>.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "ModelOperator.InferenceRuntime";

    private readonly Meter _meter;
    private readonly Counter<long> _feedback;
    private readonly KeyValuePair<string, object?> _model;

    public ServerMetrics(
        IMeterFactory factory, ServeOptions options, Admission admission, PredictionStore predictions,
        ModelRepository models, HttpStatistics http)
    {
        _meter = factory.Create(MeterName);
        _model = new("model", options.ModelName);
        _feedback = _meter.CreateCounter<long>(
            "model_server_feedback_total", description: "Predictions whose truth was fed back: correct or incorrect.");
        _meter.CreateObservableGauge(
            "model_server_admitted_requests", () => admission.Requests,
            description: "Requests in the server, those whose body still arrives included.");
        _meter.CreateObservableGauge(
            "model_server_remembered_predictions", () => new Measurement<int>(predictions.Count, _model),
            description: "Predictions kept for feedback.");
        Durations = new DurationMetrics(_meter);
        StatisticsMetrics.Observe(_meter, models, http);
        TritonMetrics.Observe(_meter, models);
        ExecutionMetrics.Observe(_meter, models);
    }

    public DurationMetrics Durations { get; }

    public void FedBack(int correct, int incorrect)
    {
        _feedback.Add(correct, _model, new("outcome", "correct"));
        _feedback.Add(incorrect, _model, new("outcome", "incorrect"));
    }

    public void Dispose() => _meter.Dispose();
}
