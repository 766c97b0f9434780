using System.Diagnostics.Metrics;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Metrics;

/// <summary>
/// Instruments that are read from every model of the server when metrics are scraped, labelled with its name and version.
/// </summary>
internal static class ModelMeasurements
{
    public static void CountModels(
        this Meter meter, ModelRepository models, string name, string description, Func<ModelStatistics, long> read) =>
        meter.CreateObservableCounter(
            name, () => models.All.Select(model => model.Measure(read(model.Statistics))), description: description);

    public static void GaugeModels(
        this Meter meter, ModelRepository models, string name, string description, Func<ModelStatistics, long> read) =>
        meter.CreateObservableGauge(
            name, () => models.All.Select(model => model.Measure(read(model.Statistics))), description: description);

    /// <summary>One measurement of a model.</summary>
    public static Measurement<long> Measure(
        this ServedModel model, long value, params ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        new(value, [new("model", model.Name), new("version", model.Version), .. labels]);
}
