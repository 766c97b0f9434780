namespace ModelOperator.Benchmarks.Serving;

/// <summary>
/// Measures contenders side by side: in each round all have their turn, so that what else the machine does hits all alike, and ratios are
/// taken within a round.
/// </summary>
internal sealed class Comparison(Report report, ServingSettings settings, Generators generators)
{
    private readonly Dictionary<(string Contender, int Connections), List<Measurement>> _measured = [];

    public IReadOnlyList<string> Contenders => [.. _measured.Keys.Select(k => k.Contender).Distinct()];

    public async Task MeasureAsync(Payload payload, TimeSpan duration, int[] connections, params PinnedServer[] servers)
    {
        foreach (PinnedServer server in servers)
        {
            await generators.WarmUpAsync(server, payload);
        }

        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach (int count in connections)
            {
                // Each in another order, so that none always follows the same.
                foreach (PinnedServer server in round % 2 == 0 ? servers : servers.Reverse())
                {
                    Add(server.Name, count, await generators.MeasureAsync(server, payload, count, duration));
                }
            }

            report.Progress($"{payload.Name}, round {round + 1} of {settings.Rounds}");
        }
    }

    public void Add(string contender, int connections, Measurement measurement)
    {
        if (!_measured.TryGetValue((contender, connections), out List<Measurement>? list))
        {
            _measured.Add((contender, connections), list = []);
        }

        list.Add(measurement);
    }

    public Spread PerSecond(string contender, int connections) => Spread.Of(_measured[(contender, connections)].Select(m => m.PerSecond));

    /// <summary>One contender's rate over another's, round by round.</summary>
    public Spread Ratio(string one, string other, int connections) => Spread.Of(
        _measured[(one, connections)].Zip(_measured[(other, connections)], (a, b) => a.PerSecond / b.PerSecond));

    /// <summary>The number of connections at which a contender answers most.</summary>
    public int Busiest(string contender) =>
        _measured.Keys.Where(k => k.Contender == contender).MaxBy(k => PerSecond(contender, k.Connections).Median).Connections;

    /// <summary>
    /// A row a contender: answers a second at each number of connections, and processor time for each answer where it is busiest.
    /// </summary>
    public void Table(string title, params (string One, string Other)[] ratios)
    {
        int[] connections = [.. _measured.Keys.Select(k => k.Connections).Distinct().Order()];
        string format = _measured.Values.Max(m => m[0].PerSecond) >= 1000 ? "#,0" : "0.0";
        IEnumerable<string[]> rows = Contenders.Select(c => (string[])
        [
            c,
            .. connections.Select(n => _measured.ContainsKey((c, n)) ? PerSecond(c, n).ToString(format) : "-"),
            Processor(c),
        ]);
        IEnumerable<string[]> ratioRows = ratios.Select(r => (string[])
        [
            $"{r.One} / {r.Other}",
            .. connections.Select(n => _measured.ContainsKey((r.One, n)) && _measured.ContainsKey((r.Other, n))
                ? Ratio(r.One, r.Other, n).ToString("0.00")
                : "-"),
            Processor(r.Other, r.One),
        ]);
        report.Table(
            title,
            ["", .. connections.Select(n => n == 1 ? "1 connection" : $"{n} connections"), "CPU µs an answer"],
            rows.Concat(ratioRows));
    }

    private string Processor(string contender) =>
        double.IsFinite(Microseconds(contender)) ? Microseconds(contender).ToString("#,0.0") : "-";

    // Upside down, as the rates are.
    private string Processor(string other, string one) =>
        double.IsFinite(Microseconds(other) / Microseconds(one)) ? (Microseconds(other) / Microseconds(one)).ToString("0.00") : "-";

    private double Microseconds(string contender) =>
        Spread.Of(_measured[(contender, Busiest(contender))].Select(m => m.ProcessorMicroseconds)).Median;
}
