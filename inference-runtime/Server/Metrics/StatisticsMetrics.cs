using System.Diagnostics.Metrics;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Metrics;

/// <summary>What is counted on the path of requests, under this project's names.</summary>
internal static class StatisticsMetrics
{
    public const string Requests = "model_server_requests_total";

    public static void Observe(Meter meter, ModelRepository models, HttpStatistics http)
    {
        meter.CreateObservableCounter(
            Requests,
            () => models.All.SelectMany(Outcomes),
            description: "Requests for the model by what became of them: success, rejected (a request it cannot take), failed, "
                + "unavailable (no room or time) or cancelled.");
        meter.CountModels(models, "model_server_rows_total", "Rows of the requests that were answered.", s => s.InferenceCount);
        meter.CountModels(
            models,
            "model_server_executions_total",
            "Runs of the model; with batching one may be for several requests.",
            s => s.ExecutionCount);
        meter.GaugeModels(models, "model_server_pending_requests", "Requests for the model that are waiting or computed.", s => s.Pending);
        meter.CreateObservableCounter(
            "model_server_http_requests_total",
            () => http.Read().Select(read => new Measurement<long>(read.Count, new KeyValuePair<string, object?>("code", read.Status))),
            description: "HTTP requests to infer and of feedback, by status; 499 are those whose client went away.");
    }

    private static IEnumerable<Measurement<long>> Outcomes(ServedModel model)
    {
        ModelStatistics statistics = model.Statistics;
        return
        [
            Outcome("success", statistics.Success.Count),
            Outcome("rejected", statistics.FailuresOf(FailureKind.Other)),
            Outcome("failed", statistics.FailuresOf(FailureKind.Backend)),
            Outcome("unavailable", statistics.FailuresOf(FailureKind.Rejected)),
            Outcome("cancelled", statistics.FailuresOf(FailureKind.Canceled)),
        ];

        Measurement<long> Outcome(string outcome, long count) =>
            model.Measure(count, new KeyValuePair<string, object?>("outcome", outcome));
    }
}
