using System.Diagnostics.Metrics;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Metrics;

/// <summary>
/// The metrics of Triton Inference Server, named and labelled exactly as it does, so that its dashboards show this server too.
/// </summary>
internal static class TritonMetrics
{
    public const string Failures = "nv_inference_request_failure";

    public static void Observe(Meter meter, ModelRepository models)
    {
        Count("nv_inference_request_success", "Number of successful inference requests, all batch sizes", s => s.Success.Count);
        meter.CreateObservableCounter(
            Failures, () => models.All.SelectMany(FailuresOf), description: "Number of failed inference requests, all batch sizes");
        Count("nv_inference_count", "Number of inferences performed", s => s.InferenceCount);
        Count("nv_inference_exec_count", "Number of model executions performed", s => s.ExecutionCount);
        meter.GaugeModels(
            models, "nv_inference_pending_request_count", "Instantaneous number of pending requests awaiting execution.", s => s.Pending);
        Microseconds("nv_inference_request_duration_us", "Cumulative inference request duration in microseconds", s => s.Success);
        Microseconds("nv_inference_queue_duration_us", "Cumulative inference queuing duration in microseconds", s => s.Queue);
        Microseconds("nv_inference_compute_input_duration_us", "Cumulative compute input duration in microseconds", s => s.ComputeInput);
        Microseconds(
            "nv_inference_compute_infer_duration_us", "Cumulative compute inference duration in microseconds", s => s.ComputeInfer);
        Microseconds(
            "nv_inference_compute_output_duration_us",
            "Cumulative inference compute output duration in microseconds",
            s => s.ComputeOutput);

        void Count(string name, string description, Func<ModelStatistics, long> read) => meter.CountModels(models, name, description, read);

        void Microseconds(string name, string description, Func<ModelStatistics, DurationTotal> read) =>
            Count(name, description, s => read(s).Nanoseconds / 1000);
    }

    private static IEnumerable<Measurement<long>> FailuresOf(ServedModel model) =>
        Enumerable.Range(0, FailureKinds.Count).Select(i => (FailureKind)i)
            .Select(kind => model.Measure(model.Statistics.FailuresOf(kind), new KeyValuePair<string, object?>("reason", kind.Label())));
}
