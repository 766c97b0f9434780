using System.Globalization;
using ModelOperator.PrometheusExporter;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Metrics;

/// <summary>What runs where and how, as Prometheus reads it.</summary>
internal sealed class ExecutionMetrics(ModelRepository models) : IPrometheusSource
{
    public void Collect(IPrometheusWriter writer)
    {
        foreach (ServedModel served in models.All)
        {
            if (served.Loaded is not { } model)
            {
                continue;
            }

            KeyValuePair<string, string>[] labels = [new("model", served.Name), new("version", served.Version)];
            foreach (ProviderShare share in model.Providers)
            {
                writer.Gauge(
                    "model_server_execution_provider_nodes", "Nodes of the model's graph that an execution provider computes.", [.. labels, new("provider", share.Provider)], share.Nodes);
            }

            foreach (DeviceInstances device in model.Instances.Devices)
            {
                KeyValuePair<string, string>[] instance =
                [
                    .. labels, new("provider", device.Session.Provider.Name()), new("device", device.Session.Device.ToString(CultureInfo.InvariantCulture)),
                    new("threads", device.Session.Threads.ToString(CultureInfo.InvariantCulture)),
                ];
                writer.Gauge("model_server_instances", "Runs of the model that are possible at the same time.", instance, device.Count);
                writer.Gauge("model_server_instances_busy", "Runs of the model in progress.", instance, device.Busy);
            }

            writer.Gauge("model_server_max_batch_size", "Rows of requests that are computed together; 1 when each is computed alone.", labels, model.Batching.MaxRows);
            writer.Gauge("model_server_waiting_requests", "Requests that wait for their turn.", labels, model.Scheduler.Waiting);
        }
    }
}
