namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>A model that takes tens of milliseconds on these cores: the server must not be in its way.</summary>
internal static class ResNet
{
    public const string Model = "resnet50";

    public static InputTensor Image(int batch = 1, string dataType = "FP32") => InputTensor.Random("image", [batch, 3, 224, 224], dataType);

    public static async Task MeasureAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync(Model);
        await using PinnedServer node = await part.Start.NodeAsync(Model, part.Settings.ServerCores);
        BareLoop bare = new(part.Settings);
        BareVariant forOne = await bare.FastestAsync(Model, bare.ForOne, part.Settings.Long);
        BareVariant forMany = await bare.FastestAsync(Model, bare.ForMany, part.Settings.Long);

        Payload binary = Payload.Binary("REST binary", Image());
        Payload[] payloads = [binary, Payload.Json("REST JSON", Image()), Payload.Grpc("gRPC", Image())];
        foreach (Payload payload in payloads)
        {
            await part.Generators.WarmUpAsync(ours, payload);
        }

        await part.Generators.WarmUpAsync(node, binary);
        Comparison comparison = part.NewComparison();
        for (int round = 0; round < part.Settings.Rounds; round++)
        {
            foreach (int connections in part.Settings.FewerConnections(1, 8, 32))
            {
                BareVariant variant = connections == 1 ? forOne : forMany;
                comparison.Add(
                    BareLoop.Name,
                    connections,
                    new Measurement(await bare.RunsASecondAsync(Model, variant, part.Settings.Long), double.NaN));
                // Every transport where they could differ most; many connections only wait longer.
                foreach (Payload payload in part.Settings.IsFull || connections == 8 ? payloads : [binary])
                {
                    comparison.Add(
                        Name(ours, payload),
                        connections,
                        await part.Generators.MeasureAsync(ours, payload, connections, part.Settings.Long));
                }

                if (part.Settings.IsFull || connections == 8)
                {
                    comparison.Add(
                        node.Name, connections, await part.Generators.MeasureAsync(node, binary, connections, part.Settings.Long));
                }
            }

            part.Report.Progress($"ResNet-50 shape, round {round + 1} of {part.Settings.Rounds}");
        }

        comparison.Table(
            $"ResNet-50 shape, batch 1: answers a second. The bare loop is the fastest of its ways: for one connection {forOne}; "
            + $"for more {forMany}.",
            [.. payloads.Select(p => (Name(ours, p), BareLoop.Name)), (Name(ours, binary), node.Name)]);
        part.Report.AtLeast("resnet50-binary-over-bare-loop", comparison.Ratio(Name(ours, binary), BareLoop.Name, 8).Median, 0.97);
    }

    private static string Name(PinnedServer server, Payload payload) => $"{server.Name}, {payload.Name}";
}
