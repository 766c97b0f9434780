namespace ModelOperator.Benchmarks.Serving;

/// <summary>How long answers of one contender took, round by round, at the rates of those rounds.</summary>
internal sealed class TailRounds(string name)
{
    private readonly List<(double Rate, double Median, double P99)> _rounds = [];

    /// <summary>What tables call it.</summary>
    public string Name => name;

    /// <summary>Adds a round.</summary>
    /// <param name="rate">Requests a second.</param>
    /// <param name="taken">Milliseconds.</param>
    public void Add(double rate, (double Median, double P99) taken) => _rounds.Add((rate, taken.Median, taken.P99));

    /// <summary>This one's 99th percentile over another's, within each round.</summary>
    public Spread Over(TailRounds bare) => Spread.Of(_rounds.Zip(bare._rounds, (s, b) => s.P99 / b.P99));

    /// <summary>A row a contender, and one for each that the first is compared with.</summary>
    public static void Show(Report report, string title, TailRounds served, params TailRounds[] bare) => report.Table(
        title,
        ["", "requests a second", "median", "99th percentile"],
        [
            .. ((TailRounds[])[served, .. bare]).Select(r => r.Row()),
            .. bare.Select(b => (string[])[$"ratio to {b.Name}", "", "", served.Over(b).ToString("0.00")]),
        ]);

    private string[] Row() =>
    [
        Name,
        Spread.Of(_rounds.Select(r => r.Rate)).ToString(_rounds[0].Rate >= 1000 ? "#,0" : "0.0"),
        Spread.Of(_rounds.Select(r => r.Median)).ToString("0.000"),
        Spread.Of(_rounds.Select(r => r.P99)).ToString("0.000"),
    ];
}
