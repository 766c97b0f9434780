using ModelOperator.Benchmarks.Load;

namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>
/// The slowest answers at 70 % of the highest load, against the bare run's at the same rate. Requests are due at a steady pace and their time
/// counts from then, whatever became of earlier ones.
/// </summary>
internal static class Tail
{
    private const double Load = 0.7;
    private const double Target = 1.3;
    private const int Connections = 32;

    public static async Task MeasureAsync(ServingPart part)
    {
        await OverKestrelAsync(part);
        await OverBareLoopAsync(part);
    }

    // The model takes microseconds: the run that is bare of everything else is Kestrel's.
    private static async Task OverKestrelAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync("digits");
        await using PinnedServer nothing = await part.Start.NothingAsync();
        Payload payload = Payload.Json("digits, REST JSON, batch 1", InputTensor.Digits(Path.Combine(part.Settings.Models, "digits-heldout.ndjson"), 1));
        await part.Generators.WarmUpAsync(ours, payload);
        await part.Generators.WarmUpAsync(nothing, payload);
        double rate = await HighestAsync(part, ours, payload) * Load;
        List<(double Median, double P99)> bare = [];
        List<(double Median, double P99)> served = [];
        for (int round = 0; round < part.Settings.Rounds; round++)
        {
            bare.Add(Paced(nothing, payload, rate, part.Settings.Long));
            served.Add(Paced(ours, payload, rate, part.Settings.Long));
        }

        Show(part, $"{payload.Name}, {rate:#,0} requests a second over {Connections} connections: milliseconds.", Contenders.Nothing, bare, served);
        part.Report.AtMost("p99-at-70%-digits-over-kestrel", Ratio(served, bare).Median, Target);
    }

    // Everything but the model is small here: the bare run is a queue before ONNX Runtime in one process.
    private static async Task OverBareLoopAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync(ResNet.Model);
        Payload payload = Payload.Binary("ResNet-50 shape, REST binary", ResNet.Image());
        await part.Generators.WarmUpAsync(ours, payload);
        double rate = await HighestAsync(part, ours, payload) * Load;
        BareLoop loop = new(part.Settings);
        TimeSpan duration = 3 * part.Settings.Long;
        BareVariant way = await QuickestAsync(loop, rate, part.Settings.Long);
        List<(double Median, double P99)> bare = [];
        List<(double Median, double P99)> served = [];
        for (int round = 0; round < part.Settings.Rounds; round++)
        {
            served.Add(Paced(ours, payload, rate, duration));
            bare.Add(await loop.PacedAsync(ResNet.Model, way, rate, duration));
            part.Report.Progress($"p99, ResNet-50 shape, round {round + 1} of {part.Settings.Rounds}");
        }

        Show(part, $"{payload.Name}, {rate:0.0} requests a second: milliseconds.", $"{BareLoop.Name} behind a queue, {way}", bare, served);
        part.Report.AtMost("p99-at-70%-resnet50-over-bare-loop", Ratio(served, bare).Median, Target);
    }

    // Two runs at a time with a thread each, or one at a time with all threads: either may have the shorter tail.
    private static async Task<BareVariant> QuickestAsync(BareLoop loop, double rate, TimeSpan duration)
    {
        double many = (await loop.PacedAsync(ResNet.Model, loop.ForMany[0], rate, duration)).P99;
        double one = (await loop.PacedAsync(ResNet.Model, loop.ForOne[0], rate, duration)).P99;
        return one < many ? loop.ForOne[0] : loop.ForMany[0];
    }

    private static async Task<double> HighestAsync(ServingPart part, PinnedServer server, Payload payload)
    {
        List<double> rates = [];
        for (int i = 0; i < 3; i++)
        {
            rates.Add((await part.Generators.MeasureAsync(server, payload, Connections, part.Settings.Long)).PerSecond);
        }

        return Spread.Of(rates).Median;
    }

    private static (double Median, double P99) Paced(PinnedServer server, Payload payload, double rate, TimeSpan duration)
    {
        LoadResult result = LoadGenerator.Run(new LoadPlan
        {
            Server = server.Endpoint,
            Request = payload.ToHttp1(),
            Connections = Connections,
            Rate = rate,
            Duration = duration,
        });
        return (result.Percentile(0.5), result.Percentile(0.99));
    }

    private static Spread Ratio(List<(double Median, double P99)> served, List<(double Median, double P99)> bare) =>
        Spread.Of(served.Zip(bare, (s, b) => s.P99 / b.P99));

    private static void Show(
        ServingPart part, string title, string bareName, List<(double Median, double P99)> bare, List<(double Median, double P99)> served)
    {
        string[] Row(string name, List<(double Median, double P99)> rounds) =>
            [name, Spread.Of(rounds.Select(r => r.Median)).ToString("0.000"), Spread.Of(rounds.Select(r => r.P99)).ToString("0.000")];
        part.Report.Table(
            title, ["", "median", "99th percentile"], [Row(bareName, bare), Row(Contenders.Ours, served), ["ratio", "", Ratio(served, bare).ToString("0.00")]]);
    }
}
