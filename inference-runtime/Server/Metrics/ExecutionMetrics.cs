using System.Diagnostics.Metrics;
using System.Globalization;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Metrics;

/// <summary>What runs where and how.</summary>
internal static class ExecutionMetrics
{
    public static void Observe(Meter meter, ModelRepository models)
    {
        Gauge("model_server_execution_provider_nodes", "Nodes of the model's graph that an execution provider computes.", (served, model) =>
            model.Providers.Select(share => served.Measure(share.Nodes, new KeyValuePair<string, object?>("provider", share.Provider))));
        Gauge("model_server_instances", "Runs of the model that are possible at the same time.", (served, model) =>
            model.Instances.Devices.Select(device => OfDevice(served, device, device.Count)));
        Gauge("model_server_instances_busy", "Runs of the model in progress.", (served, model) =>
            model.Instances.Devices.Select(device => OfDevice(served, device, device.Busy)));
        Gauge(
            "model_server_max_batch_size",
            "Rows of requests that are computed together; 1 when each is computed alone.",
            (served, model) => [served.Measure(model.Batching.MaxRows)]);
        Gauge(
            "model_server_waiting_requests",
            "Requests that wait for their turn.",
            (served, model) => [served.Measure(model.Scheduler.Waiting)]);

        void Gauge(string name, string description, Func<ServedModel, OnnxModel, IEnumerable<Measurement<long>>> read) =>
            meter.CreateObservableGauge(
                name, () => models.All.SelectMany(served => served.Loaded is { } model ? read(served, model) : []),
                description: description);
    }

    private static Measurement<long> OfDevice(ServedModel served, DeviceInstances device, long value) => served.Measure(
        value,
        new("provider", device.Session.Provider.Name()),
        new("device", device.Session.Device.ToString(CultureInfo.InvariantCulture)),
        new("threads", device.Session.Threads.ToString(CultureInfo.InvariantCulture)));
}
