namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>A perceptron that takes microseconds: what the server itself costs.</summary>
internal static class Digits
{
    private const string Model = "digits";
    private const string Rows = "digits-heldout.ndjson";

    public static async Task MeasureAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync(Model);
        await using PinnedServer nothing = await part.Start.NothingAsync();
        await using PinnedServer node = await part.Start.NodeAsync(Model, threads: 1);
        await using PinnedServer nodes = await part.Start.NodeAsync(Model, threads: 1, processes: part.Settings.ServerCores);
        InputTensor one = FirstRows(part, 1);
        InputTensor eight = FirstRows(part, 8);

        int[] all = ServingSettings.Connections;
        Comparison json = await CompareAsync(part, Payload.Json("digits, REST JSON, batch 1", one), all, ours, nothing, node, nodes);
        part.Report.AtLeast("digits-json-b1-over-kestrel", json.Ratio(ours.Name, nothing.Name, json.Busiest(nothing.Name)).Median, 0.75);
        part.Report.AtLeast("digits-json-b1-over-node", json.Ratio(ours.Name, node.Name, json.Busiest(node.Name)).Median, 4);
        Comparison binary = await CompareAsync(part, Payload.Binary("digits, REST binary, batch 8", eight), all, ours, nothing);
        part.Report.AtLeast(
            "digits-binary-b8-over-kestrel", binary.Ratio(ours.Name, nothing.Name, binary.Busiest(nothing.Name)).Median, 0.9);
        int[] some = part.Settings.FewerConnections(1, 32);
        await CompareAsync(part, Payload.Grpc("digits, gRPC, batch 1", one), some, ours, nothing);
        await CompareAsync(part, Payload.Grpc("digits, gRPC, batch 8", eight), some, ours, nothing);
        if (part.Settings.IsFull)
        {
            await CompareAsync(part, Payload.Json("digits, REST JSON, batch 8", eight), all, ours, nothing, node, nodes);
            await CompareAsync(part, Payload.Binary("digits, REST binary, batch 1", one), all, ours, nothing, node, nodes);
        }

        BareLoop bare = new(part.Settings);
        part.Report.Table(
            "digits, bare ONNX Runtime loop: runs a second; "
            + "and the most a server can be of Kestrel answering nothing that runs the model besides.",
            ["", "its fastest way", "runs a second", "Kestrel answering nothing", "both, one after the other", "of Kestrel"],
            [await CeilingAsync(part, bare, 1, json, nothing.Name), await CeilingAsync(part, bare, 8, binary, nothing.Name)]);
    }

    private static InputTensor FirstRows(ServingPart part, int batch) =>
        InputTensor.Digits(Path.Combine(part.Settings.Models, Rows), batch);

    private static async Task<Comparison> CompareAsync(ServingPart part, Payload payload, int[] connections, params PinnedServer[] servers)
    {
        Comparison comparison = part.NewComparison();
        await comparison.MeasureAsync(payload, part.Settings.Short, connections, servers);
        comparison.Table($"{payload.Name}: answers a second.", [.. servers.Skip(1).Select(s => (servers[0].Name, s.Name))]);
        return comparison;
    }

    // A request costs what Kestrel costs and then what the model costs; a server that adds nothing at all does this many.
    private static async Task<string[]> CeilingAsync(ServingPart part, BareLoop bare, int batch, Comparison served, string nothing)
    {
        BareVariant fastest = await bare.FastestAsync(Model, bare.ForMany, part.Settings.Short, batch);
        List<double> rates = [];
        for (int round = 0; round < part.Settings.Rounds; round++)
        {
            rates.Add(await bare.RunsASecondAsync(Model, fastest, part.Settings.Short, batch));
        }

        Spread runs = Spread.Of(rates);
        double kestrel = served.PerSecond(nothing, served.Busiest(nothing)).Median;
        double both = 1 / ((1 / kestrel) + (1 / runs.Median));
        return
        [
            $"batch {batch}",
            fastest.ToString(),
            runs.ToString("#,0"),
            kestrel.ToString("#,0"),
            both.ToString("#,0"),
            (both / kestrel).ToString("0.00"),
        ];
    }
}
