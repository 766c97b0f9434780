using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router;

/// <summary>
/// The router's instruments. Names of models and revisions are those of the cluster, never of requests, so series stay bounded.
/// </summary>
internal sealed class RouterMetrics : IDisposable
{
    public const string MeterName = "ModelOperator.Router";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _feedback;
    private readonly Counter<long> _ejections;
    private readonly Counter<long> _retries;

    public RouterMetrics(RoutingState state)
    {
        _requests = _meter.CreateCounter<long>(
            "model_router_requests", description: "Requests answered, by the revision that answered and the HTTP status.");
        _duration = _meter.CreateHistogram<double>(
            "model_router_request_duration", "s", "Time from forwarding an infer request to the end of its answer.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60],
            });
        _feedback = _meter.CreateCounter<long>("model_router_feedback", description: "Predictions whose truth became known, by outcome.");
        _ejections = _meter.CreateCounter<long>(
            "model_router_ejections", description: "Times a pod was taken out of choice because it could not be reached.");
        _retries = _meter.CreateCounter<long>(
            "model_router_retries", description: "Attempts that did not reach a model and were made again elsewhere.");
        _meter.CreateObservableGauge(
            "model_router_table_version",
            () => state.Current.Models.Values.Select(
                m => new Measurement<long>(m.TableVersion, new KeyValuePair<string, object?>("model", m.Name))),
            description: "Version of the routing table in force.");
        _meter.CreateObservableGauge(
            "model_router_ready_pods",
            () => state.Current.Models.Values.SelectMany(m => m.Revisions.Values.Select(r => new Measurement<long>(
                r.Ready.Count, new("model", m.Name), new("revision", r.Revision)))),
            description: "Pods that get requests: the ready ones, or else those that are ending.");
    }

    public void Request(string model, string revision, int code) =>
        _requests.Add(1, new TagList { { "model", model }, { "revision", revision }, { "code", code } });

    public void Duration(string model, string revision, TimeSpan time) =>
        _duration.Record(time.TotalSeconds, new TagList { { "model", model }, { "revision", revision } });

    public void Feedback(string model, string revision, long correct, long incorrect)
    {
        if (correct > 0)
        {
            _feedback.Add(correct, new TagList { { "model", model }, { "revision", revision }, { "outcome", "correct" } });
        }

        if (incorrect > 0)
        {
            _feedback.Add(incorrect, new TagList { { "model", model }, { "revision", revision }, { "outcome", "incorrect" } });
        }
    }

    public void Ejection(string model, string revision) => _ejections.Add(1, new TagList { { "model", model }, { "revision", revision } });

    public void Retry(string model, string revision) => _retries.Add(1, new TagList { { "model", model }, { "revision", revision } });

    public void Dispose() => _meter.Dispose();
}
