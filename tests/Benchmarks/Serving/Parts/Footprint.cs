using System.Globalization;

namespace ModelOperator.Benchmarks.Serving.Parts;

/// <summary>Memory: what a request allocates once everything is warm, and what the process holds under load.</summary>
internal static class Footprint
{
    private const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";
    private const int Connections = 32;
    private const int Rounds = 3;

    private static readonly HttpClient Client = new();

    public static async Task MeasureAsync(ServingPart part)
    {
        InputTensor digit = InputTensor.Digits(Path.Combine(part.Settings.Models, "digits-heldout.ndjson"), 1);
        List<string[]> rows = [];
        double worst = 0;
        foreach ((string model, Payload payload) in new[]
        {
            ("digits", Payload.Json("digits, REST JSON", digit)),
            ("digits", Payload.Binary("digits, REST binary", digit)),
            ("digits", Payload.Grpc("digits, gRPC", digit)),
            (ResNet.Model, Payload.Binary("ResNet-50 shape, REST binary", ResNet.Image())),
        })
        {
            await using PinnedServer ours = await part.Start.OursAsync(model);
            await using PinnedServer bare = await part.Start.NothingAsync(model);
            await part.Generators.WarmUpAsync(ours, payload);
            await part.Generators.WarmUpAsync(bare, payload);
            Spread bytes = await BytesARequestAsync(part, ours, payload);
            for (int round = 0; round < Rounds; round++)
            {
                await part.Generators.MeasureAsync(bare, payload, Connections, part.Settings.Long);
            }

            double ratio = (double)ours.ResidentBytes / bare.ResidentBytes;
            worst = Math.Max(worst, ratio);
            rows.Add(
            [
                payload.Name, bytes.ToString("#,0"), Mebibytes(ours.ResidentBytes), Mebibytes(bare.ResidentBytes), ratio.ToString("0.00"),
                Mebibytes(ours.OwnBytes), Mebibytes(bare.OwnBytes),
            ]);
            part.Report.Progress($"footprint, {payload.Name}");
        }

        part.Report.Table(
            $"Memory after the same load over {Connections} connections. The bare process is Kestrel answering nothing that holds the same "
            + "model and has run it.",
            [
                "",
                "bytes allocated a request",
                "resident, MiB",
                "bare process, MiB",
                "ratio",
                "in no file, MiB",
                "bare process in no file, MiB",
            ],
            rows);
        part.Report.AtMost("resident-memory-over-bare-process", worst, 1.3);
    }

    private static async Task<Spread> BytesARequestAsync(ServingPart part, PinnedServer server, Payload payload)
    {
        List<double> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            // Telling the figures allocates too, as much each time.
            double told = (await ReadAsync(server)).Bytes;
            (double bytes, double requests) before = await ReadAsync(server);
            told = before.bytes - told;
            await part.Generators.MeasureAsync(server, payload, Connections, part.Settings.Long);
            (double bytes, double requests) after = await ReadAsync(server);
            rounds.Add((after.bytes - before.bytes - told) / (after.requests - before.requests));
        }

        return Spread.Of(rounds);
    }

    private static async Task<(double Bytes, double Requests)> ReadAsync(PinnedServer server)
    {
        string text = await Client.GetStringAsync($"http://{server.Endpoint}/metrics");
        return (Sum(text, Allocated), Sum(text, "model_server_requests_total"));
    }

    private static double Sum(string metrics, string family)
    {
        double[] values =
        [
            .. metrics.Split('\n')
                .Where(l => l.StartsWith(family, StringComparison.Ordinal) && l.Length > family.Length && l[family.Length] is ' ' or '{')
                .Select(l => double.Parse(
                    l[(l.IndexOf('}', StringComparison.Ordinal) is var end and >= 0 ? end + 1 : family.Length)..].Trim().Split(' ')[0],
                    CultureInfo.InvariantCulture)),
        ];
        return values.Length > 0 ? values.Sum() : throw new InvalidOperationException($"the server's metrics lack {family}");
    }

    private static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString("0.0");
}
