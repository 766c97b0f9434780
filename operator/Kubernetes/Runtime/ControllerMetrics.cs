using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What the controllers do, under the names controller-runtime gives it, so that its dashboards and alerts fit.</summary>
internal sealed class ControllerMetrics
{
    private readonly Counter<long> _reconciles;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _terminalErrors;
    private readonly Counter<long> _panics;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _lostEvents;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Meter _meter;

    public ControllerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(KubernetesMeter.Name);
        _reconciles = _meter.CreateCounter<long>("controller_runtime_reconcile", description: "Reconciles by controller and result.");
        _errors = _meter.CreateCounter<long>("controller_runtime_reconcile_errors", description: "Reconciles that failed.");
        _terminalErrors = _meter.CreateCounter<long>(
            "controller_runtime_terminal_reconcile_errors", description: "Reconciles that failed in a way no retry can mend.");
        _panics = _meter.CreateCounter<long>("controller_runtime_reconcile_panics", description: "Reconciles that threw.");
        _retries = _meter.CreateCounter<long>("workqueue_retries", description: "Keys queued again after a failure.");
        _lostEvents = _meter.CreateCounter<long>("event_recorder_dropped", description: "Events not written, by cause.");
        _duration = _meter.CreateHistogram(
            "controller_runtime_reconcile_time", "s", "Time a reconcile takes.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
            });
        _active = _meter.CreateUpDownCounter<long>("controller_runtime_active_workers", description: "Reconciles under way.");
    }

    public void WatchQueue(string controller, WorkQueue<EntityKey> queue) => _meter.CreateObservableUpDownCounter(
        "workqueue_depth", () => new Measurement<int>(queue.Depth, new KeyValuePair<string, object?>("controller", controller)),
        description: "Keys that wait for a worker.");

    public void WatchLeadership(string lease, Func<bool> isLeader) => _meter.CreateObservableUpDownCounter(
        "leader_election_master_status", () => new Measurement<int>(isLeader() ? 1 : 0, new KeyValuePair<string, object?>("name", lease)),
        description: "1 in the process that holds the lease.");

    public void Started(string controller) => _active.Add(1, new KeyValuePair<string, object?>("controller", controller));

    public void Ended(string controller, string result, TimeSpan duration)
    {
        var tags = new TagList { { "controller", controller } };
        _active.Add(-1, tags);
        _duration.Record(duration.TotalSeconds, tags);
        _reconciles.Add(1, new("controller", controller), new("result", result));
    }

    public void Failed(string controller, bool terminal, bool threw)
    {
        var tags = new TagList { { "controller", controller } };
        _errors.Add(1, tags);
        if (terminal)
        {
            _terminalErrors.Add(1, tags);
        }
        else
        {
            _retries.Add(1, tags);
        }

        if (threw)
        {
            _panics.Add(1, tags);
        }
    }

    public void EventLost(string cause) => _lostEvents.Add(1, new KeyValuePair<string, object?>("cause", cause));
}

/// <summary>Names the meter of everything measured here, to be added to a meter provider.</summary>
public static class KubernetesMeter
{
    public const string Name = "ModelOperator.Kubernetes";
}
