using ModelOperator.PrometheusExporter;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Metrics;

/// <summary>The metrics of Triton Inference Server, named and labelled exactly as it does.</summary>
internal static class TritonMetrics
{
    public static void Collect(
        IPrometheusWriter writer, KeyValuePair<string, string>[] labels, ModelStatistics statistics, StatisticsSnapshot snapshot)
    {
        writer.Counter("nv_inference_request_success", "Number of successful inference requests, all batch sizes", labels, snapshot.Success.Count);
        for (int i = 0; i < FailureKinds.Count; i++)
        {
            FailureKind kind = (FailureKind)i;
            writer.Counter(
                "nv_inference_request_failure", "Number of failed inference requests, all batch sizes", [.. labels, new("reason", kind.Label())],
                statistics.FailuresOf(kind));
        }

        writer.Counter("nv_inference_count", "Number of inferences performed", labels, snapshot.InferenceCount);
        writer.Counter("nv_inference_exec_count", "Number of model executions performed", labels, snapshot.ExecutionCount);
        writer.Gauge("nv_inference_pending_request_count", "Instantaneous number of pending requests awaiting execution.", labels, statistics.Pending);
        Microseconds("nv_inference_request_duration_us", "Cumulative inference request duration in microseconds", snapshot.Success);
        Microseconds("nv_inference_queue_duration_us", "Cumulative inference queuing duration in microseconds", snapshot.Queue);
        Microseconds(
            "nv_inference_compute_input_duration_us", "Cumulative compute input duration in microseconds",
            snapshot.ComputeInput);
        Microseconds(
            "nv_inference_compute_infer_duration_us", "Cumulative compute inference duration in microseconds",
            snapshot.ComputeInfer);
        Microseconds(
            "nv_inference_compute_output_duration_us", "Cumulative inference compute output duration in microseconds",
            snapshot.ComputeOutput);

        void Microseconds(string name, string help, DurationTotal total) => writer.Counter(name, help, labels, total.Nanoseconds / 1000);
    }
}
