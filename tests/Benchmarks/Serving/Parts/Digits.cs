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
        string rows = Path.Combine(part.Settings.Models, Rows);

        Comparison json = part.NewComparison();
        Payload jsonRow = Payload.Json("digits, JSON, 1 row", InputTensor.Digits(rows, 1));
        await json.MeasureAsync(jsonRow, part.Settings.Short, ServingSettings.Connections, ours, nothing, node, nodes);
        json.Table(
            "Digits, REST JSON, batch 1.",
            "answers/s",
            (ours.Name, nothing.Name), (ours.Name, node.Name), (ours.Name, nodes.Name));
        part.Report.AtLeast("digits-json-b1-over-kestrel", json.Ratio(ours.Name, nothing.Name, json.Busiest(nothing.Name)).Median, 0.75);
        part.Report.AtLeast("digits-json-b1-over-node", json.Ratio(ours.Name, node.Name, json.Busiest(node.Name)).Median, 4);
        part.Report.AtLeast("digits-json-b1-over-node-a-process-a-core", json.Ratio(ours.Name, nodes.Name, json.Busiest(nodes.Name)).Median, 4);
    }
}
