using ModelOperator.Benchmarks.Load;

namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>
/// The slowest answers at 70 % of the highest load, against the bare run's at the same rate. Requests are due at a steady pace and their
/// time counts from then, whatever became of earlier ones.
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

    // The model takes microseconds: the run that is bare of everything else is Kestrel's, and the target is held against it at the same
    // rate. That is less load for it; the table shows it at 70 % of its own highest load too, which may be near what the generator itself
    // can keep up with. What is the highest is asked in each round: it moves with what else the machine does.
    private static async Task OverKestrelAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync("digits");
        await using PinnedServer nothing = await part.Start.NothingAsync();
        Payload payload = Payload.Json(
            "digits, REST JSON, batch 1",
            InputTensor.Digits(Path.Combine(part.Settings.Models, "digits-heldout.ndjson"), 1));
        foreach (PinnedServer server in (PinnedServer[])[ours, nothing])
        {
            await part.Generators.WarmUpAsync(server, payload);
            double rate = await HighestAsync(part, server, payload, part.Settings.Short) * Load;
            await Generators.SettleAsync(server, () => Task.Run(() => Paced(server, payload, rate, part.Settings.Long)));
        }

        TailRounds served = new($"{Contenders.Ours}, at 70 % of its highest load");
        TailRounds own = new($"{Contenders.Nothing}, at 70 % of its own highest load");
        TailRounds same = new($"{Contenders.Nothing}, at the server's rate");
        for (int round = 0; round < part.Settings.Rounds; round++)
        {
            double rate = await HighestAsync(part, ours, payload, part.Settings.Short) * Load;
            served.Add(rate, Paced(ours, payload, rate, part.Settings.Long));
            same.Add(rate, Paced(nothing, payload, rate, part.Settings.Long));
            double ownRate = await HighestAsync(part, nothing, payload, part.Settings.Short) * Load;
            own.Add(ownRate, Paced(nothing, payload, ownRate, part.Settings.Long));
            part.Report.Progress($"p99, digits, round {round + 1} of {part.Settings.Rounds}");
        }

        TailRounds.Show(part.Report, $"{payload.Name}, {Connections} connections: milliseconds.", served, own, same);
        part.Report.AtMost("p99-at-70%-digits-over-kestrel", served.Over(same).Median, Target);
    }

    // Everything but the model is small here: the bare run is a queue before ONNX Runtime in one process.
    private static async Task OverBareLoopAsync(ServingPart part)
    {
        await using PinnedServer ours = await part.Start.OursAsync(ResNet.Model);
        Payload payload = Payload.Binary("ResNet-50 shape, REST binary", ResNet.Image());
        await part.Generators.WarmUpAsync(ours, payload);
        double rate = await HighestAsync(part, ours, payload, part.Settings.Long) * Load;
        BareLoop loop = new(part.Settings);
        TimeSpan duration = 3 * part.Settings.Long;
        BareVariant way = await QuickestAsync(loop, rate, part.Settings.Long);
        TailRounds served = new(Contenders.Ours);
        TailRounds bare = new($"{BareLoop.Name} behind a queue, {way}");
        for (int round = 0; round < part.Settings.Rounds; round++)
        {
            served.Add(rate, Paced(ours, payload, rate, duration));
            bare.Add(rate, await loop.PacedAsync(ResNet.Model, way, rate, duration));
            part.Report.Progress($"p99, ResNet-50 shape, round {round + 1} of {part.Settings.Rounds}");
        }

        TailRounds.Show(part.Report, $"{payload.Name}: milliseconds.", served, bare);
        part.Report.AtMost("p99-at-70%-resnet50-over-bare-loop", served.Over(bare).Median, Target);
    }

    // Two runs at a time with a thread each, or one at a time with all threads: either may have the shorter tail.
    private static async Task<BareVariant> QuickestAsync(BareLoop loop, double rate, TimeSpan duration)
    {
        double many = (await loop.PacedAsync(ResNet.Model, loop.ForMany[0], rate, duration)).P99;
        double one = (await loop.PacedAsync(ResNet.Model, loop.ForOne[0], rate, duration)).P99;
        return one < many ? loop.ForOne[0] : loop.ForMany[0];
    }

    private static async Task<double> HighestAsync(ServingPart part, PinnedServer server, Payload payload, TimeSpan duration)
    {
        List<double> rates = [];
        for (int i = 0; i < 3; i++)
        {
            rates.Add((await part.Generators.MeasureAsync(server, payload, Connections, duration)).PerSecond);
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
}
