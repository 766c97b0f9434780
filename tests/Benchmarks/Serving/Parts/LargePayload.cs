namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>4 MB in and the same 4 MB out through a model that does nothing: what moving bytes costs.</summary>
internal static class LargePayload
{
    private const string Model = "identity";

    public static async Task MeasureAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync(Model);
        await using PinnedServer echo = await part.Start.EchoAsync();
        InputTensor input = InputTensor.Random("payload", [1, 1 << 20]);

        Comparison binary = await CompareAsync(
            part, Payload.Binary("4 MB, REST binary", input), part.Settings.FewerConnections(1, 8, 32), ours, echo);
        part.Report.AtLeast("large-payload-binary-over-echo", binary.Ratio(ours.Name, echo.Name, binary.Busiest(echo.Name)).Median, 0.7);
        await CompareAsync(part, Payload.Grpc("4 MB, gRPC", input), part.Settings.FewerConnections(8), ours, echo);
        await CompareAsync(
            part, Payload.Json("4 MB of float32 as 9 MB of REST JSON", input), part.Settings.FewerConnections(8), ours, echo);
    }

    private static async Task<Comparison> CompareAsync(
        ServingPart part, Payload payload, int[] connections, PinnedServer ours, PinnedServer echo)
    {
        Comparison comparison = part.NewComparison();
        await comparison.MeasureAsync(payload, part.Settings.Long, connections, ours, echo);
        comparison.Table($"{payload.Name}: answers a second.", (ours.Name, echo.Name));
        return comparison;
    }
}
