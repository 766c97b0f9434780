using System.Globalization;
using ModelOperator.PrometheusExporter;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Metrics;

/// <summary>
/// What is counted on the path of requests, as Prometheus reads it: under this project's names, and under those that Triton Inference
/// Server gives the same numbers, so that its dashboards show this server too.
/// </summary>
internal sealed class StatisticsMetrics(ModelRepository models, HttpStatistics http) : IPrometheusSource
{
    public void Collect(IPrometheusWriter writer)
    {
        foreach (ServedModel model in models.All)
        {
            KeyValuePair<string, string>[] labels = [new("model", model.Name), new("version", model.Version)];
            StatisticsSnapshot snapshot = model.Statistics.Read();
            CollectOwn(writer, labels, model.Statistics, snapshot);
            TritonMetrics.Collect(writer, labels, model.Statistics, snapshot);
        }

        foreach ((int status, long count) in http.Read())
        {
            writer.Counter(
                "model_server_http_requests_total", "HTTP requests to infer and of feedback, by status; 499 are those whose client went away.",
                [new("code", status.ToString(CultureInfo.InvariantCulture))], count);
        }
    }

    private static void CollectOwn(
        IPrometheusWriter writer, KeyValuePair<string, string>[] labels, ModelStatistics statistics, StatisticsSnapshot snapshot)
    {
        Outcome("success", snapshot.Success.Count);
        Outcome("rejected", statistics.FailuresOf(FailureKind.Other));
        Outcome("failed", statistics.FailuresOf(FailureKind.Backend));
        Outcome("unavailable", statistics.FailuresOf(FailureKind.Rejected));
        Outcome("cancelled", statistics.FailuresOf(FailureKind.Canceled));
        writer.Counter("model_server_rows_total", "Rows of the requests that were answered.", labels, snapshot.InferenceCount);
        writer.Counter("model_server_executions_total", "Runs of the model; with batching one may be for several requests.", labels, snapshot.ExecutionCount);
        writer.Gauge("model_server_pending_requests", "Requests for the model that are waiting or computed.", labels, statistics.Pending);
        Durations("model_server_request_duration_seconds", "Time of answered requests from their arrival to their results.", statistics.Requests);
        Durations("model_server_queue_duration_seconds", "Time that answered requests waited for their turn.", statistics.Queue);
        Durations("model_server_inference_duration_seconds", "Time that the model computed for answered requests.", statistics.Inference);

        void Outcome(string outcome, long count) => writer.Counter(
            "model_server_requests_total",
            "Requests for the model by what became of them: success, rejected (a request it cannot take), failed, unavailable (no room or time) or cancelled.",
            [.. labels, new("outcome", outcome)], count);

        void Durations(string name, string help, DurationHistogram histogram)
        {
            Span<long> cumulative = stackalloc long[DurationHistogram.Bounds.Length + 1];
            double sum = histogram.Read(cumulative);
            writer.Histogram(name, help, labels, DurationHistogram.Bounds, cumulative, sum);
        }
    }
}
