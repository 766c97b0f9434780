using System.Diagnostics.Metrics;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Serving;

/// <summary>What Prometheus can ask of this server besides what is counted for each request.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "ModelOperator.InferenceRuntime";

    private readonly Meter _meter;
    private readonly Counter<long> _feedback;
    private readonly KeyValuePair<string, object?> _model;

    public ServerMetrics(IMeterFactory factory, ServeOptions options, Admission admission, PredictionStore predictions)
    {
        _meter = factory.Create(MeterName);
        _model = new("model", options.ModelName);
        _feedback = _meter.CreateCounter<long>("model_server.feedback", null, "Predictions whose truth was fed back: correct or incorrect.");
        _meter.CreateObservableGauge("model_server.admitted_requests", () => admission.Requests, null, "Requests in the server, those whose body still arrives included.");
        _meter.CreateObservableGauge(
            "model_server.remembered_predictions", () => new Measurement<int>(predictions.Count, _model), null, "Predictions kept for feedback.");
    }

    public void FedBack(int correct, int incorrect)
    {
        _feedback.Add(correct, _model, new("outcome", "correct"));
        _feedback.Add(incorrect, _model, new("outcome", "incorrect"));
    }

    public void Dispose() => _meter.Dispose();
}
