namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>A model that reads 59 MB of weights for a row, or for many rows at once: batching on and off.</summary>
internal static class Batching
{
    private const string Model = "perceptron";
    private const int Rows = 32;

    public static async Task MeasureAsync(ServingPart part)
    {
        await using PinnedServer on = (await part.Start.OursAsync(Model, "--max-batch-size", $"{Rows}")).Called("batching on");
        await using PinnedServer off = (await part.Start.OursAsync(Model, "--max-batch-size", "1")).Called("batching off");
        Payload payload = Payload.Binary("batching, REST binary, a row a request", InputTensor.Random("features", [1, 1024]));
        Comparison comparison = part.NewComparison();
        await comparison.MeasureAsync(payload, part.Settings.Long, part.Settings.FewerConnections(1, Rows), on, off);
        BareLoop bare = new(part.Settings);
        double single = await bare.RunsASecondAsync(
            Model, await bare.FastestAsync(Model, bare.ForMany, part.Settings.Short), part.Settings.Long);
        double batched = Rows * await bare.RunsASecondAsync(
            Model, await bare.FastestAsync(Model, bare.ForMany, part.Settings.Short, Rows), part.Settings.Long, Rows);
        comparison.Table(
            $"{payload.Name}: answers a second. The bare loop computes {single:#,0} rows a second one at a time and {batched:#,0} in "
            + $"batches of {Rows}.",
            (on.Name, off.Name));
        part.Report.AtLeast("batching-32-clients-over-off", comparison.Ratio(on.Name, off.Name, Rows).Median, 2);
        part.Report.AtLeast("batching-1-client-over-off", comparison.Ratio(on.Name, off.Name, 1).Median, 0.97);
    }
}
