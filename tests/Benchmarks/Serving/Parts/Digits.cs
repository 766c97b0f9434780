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

        Comparison json = await CompareAsync(part, Payload.Json("digits, REST JSON, batch 1", one), ours, nothing, node, nodes);
        part.Report.AtLeast("digits-json-b1-over-kestrel", json.Ratio(ours.Name, nothing.Name, json.Busiest(nothing.Name)).Median, 0.75);
        part.Report.AtLeast("digits-json-b1-over-node", json.Ratio(ours.Name, node.Name, json.Busiest(node.Name)).Median, 4);
        Comparison binary = await CompareAsync(part, Payload.Binary("digits, REST binary, batch 8", eight), ours, nothing);
        part.Report.AtLeast("digits-binary-b8-over-kestrel", binary.Ratio(ours.Name, nothing.Name, binary.Busiest(nothing.Name)).Median, 0.9);
        await CompareAsync(part, Payload.Grpc("digits, gRPC, batch 1", one), ours, nothing);
        await CompareAsync(part, Payload.Grpc("digits, gRPC, batch 8", eight), ours, nothing);
        if (part.Settings.IsFull)
        {
            await CompareAsync(part, Payload.Json("digits, REST JSON, batch 8", eight), ours, nothing, node, nodes);
            await CompareAsync(part, Payload.Binary("digits, REST binary, batch 1", one), ours, nothing, node, nodes);
        }

        await MeasureBareAsync(part);
    }

    private static InputTensor FirstRows(ServingPart part, int batch) => InputTensor.Digits(Path.Combine(part.Settings.Models, Rows), batch);

    private static async Task<Comparison> CompareAsync(ServingPart part, Payload payload, params PinnedServer[] servers)
    {
        Comparison comparison = part.NewComparison();
        await comparison.MeasureAsync(payload, part.Settings.Short, ServingSettings.Connections, servers);
        comparison.Table($"{payload.Name}: answers a second.", [.. servers.Skip(1).Select(s => (servers[0].Name, s.Name))]);
        return comparison;
    }

    // Not to be reached by a server: it tells what of a request's time is the model's.
    private static async Task MeasureBareAsync(ServingPart part)
    {
        BareLoop bare = new(part.Settings);
        List<string[]> rows = [];
        foreach (BareVariant variant in bare.ForOne.Concat(bare.ForMany).Distinct())
        {
            List<double> one = [];
            List<double> eight = [];
            for (int round = 0; round < part.Settings.Rounds; round++)
            {
                one.Add(await bare.RunsASecondAsync(Model, variant, part.Settings.Short));
                eight.Add(await bare.RunsASecondAsync(Model, variant, part.Settings.Short, batch: 8));
            }

            rows.Add([variant.ToString(), Spread.Of(one).ToString("#,0"), Spread.Of(eight).ToString("#,0")]);
        }

        part.Report.Table("digits, bare ONNX Runtime loop: runs a second.", ["", "batch 1", "batch 8"], rows);
    }
}
