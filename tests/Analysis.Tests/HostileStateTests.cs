namespace ModelOperator.Analysis.Tests;

/// <summary>
/// The state comes back from an object that others may write to: what is no state is none, and nothing that reads as one can crash or hang.
/// </summary>
[CancelAfter(60_000)]
public class HostileStateTests
{
    private static readonly Criterion[] Criteria = [Criterion.Margin(0.02), Criterion.Limit(0.05)];
    private static readonly string[] Values =
    [
        "-1", "-1e18", "1e18", "9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "1e-308", "0", "63", "64", "1000000000000",
        "\"NaN\"", "null", "1e999", "{}", "[]", "\"\"", "\"AAAA\"",
    ];

    private static GuardrailEvidence Evidence { get; } = MakeEvidence();

    private static MeanEvidence Mean { get; } = Enumerable.Range(0, 40)
        .Aggregate(new MeanEvidence(), (e, i) => e.Add(0.5 + (0.3 * Math.Sin(i)), 0.4 + (0.3 * Math.Cos(i)), 0.01));

    private static PairedEvidence Paired { get; } = new PairedEvidence().Add(100, 7, 2, 0.01).Add(50, 1, 1, 0.01);

    private static SplitEvidence Drawn => Enumerable.Range(0, 20)
        .Aggregate(new SplitEvidence(), (e, i) => e.Collect(25, new Draws(20 + (i % 9), 100)).CloseBlock())
        .Collect(25, new Draws(3, 7));

    private static SplitEvidence Split { get; } = Drawn with { Skew = -0.64, LogMended = 2 };

    private static string[] States { get; } =
    [
        GuardrailEvidenceJson.Write(Evidence),
        GuardrailEvidenceJson.Write(Mean),
        GuardrailEvidenceJson.Write(Paired),
        GuardrailEvidenceJson.Write(Split),
    ];

    [Test]
    public void No_prefix_of_a_state_is_a_state()
    {
        string text = GuardrailEvidenceJson.Write(Evidence);
        Assert.That(Enumerable.Range(0, text.Length).Select(length => GuardrailEvidenceJson.Read(text[..length])), Is.All.Null);
        string mean = GuardrailEvidenceJson.Write(Mean);
        Assert.That(Enumerable.Range(0, mean.Length).Select(length => GuardrailEvidenceJson.ReadMean(mean[..length])), Is.All.Null);
        string paired = GuardrailEvidenceJson.Write(Paired);
        Assert.That(Enumerable.Range(0, paired.Length).Select(length => GuardrailEvidenceJson.ReadPaired(paired[..length])), Is.All.Null);
    }

    /// <summary>As an older version, that kept less, would have written it.</summary>
    [Test]
    public void A_state_with_anything_left_out_is_refused_or_harmless()
    {
        Use("{}");
        Assert.That(GuardrailEvidenceJson.Read("{}"), Is.Null);
        foreach (string text in from state in States from path in JsonLeaves.Names(state) select JsonLeaves.Without(state, path))
        {
            Use(text);
        }
    }

    [Test]
    public void Every_value_replaced_by_any_other_is_refused_or_harmless()
    {
        foreach (string text in from state in States from leaf in JsonLeaves.Of(state) from value in Values select leaf.With(value))
        {
            Use(text);
        }
    }

    [Test]
    public void Every_row_of_numbers_made_longer_shorter_or_wild_is_refused_or_harmless()
    {
        double[] wild = [double.NaN, double.PositiveInfinity, -1, 1e308, -1e308, 1e18, 1e60, 1e-320, 0];
        foreach (var (value, with) in States.SelectMany(JsonLeaves.Of)
            .Where(leaf => leaf.Value.Length >= 8 && Convert.TryFromBase64String(leaf.Value, new byte[4096], out _)))
        {
            byte[] row = Convert.FromBase64String(value);
            List<byte[]> rows =
            [
                [],
                row[..(row.Length / 2)],
                row[Math.Min(8, row.Length)..],
                [.. row, 0],
                [.. row, .. row],
                .. Enumerable.Range(1, 7).Select(n => (byte[])[.. row, .. new byte[8 * n]]),
            ];
            for (int at = 0; at + 8 <= row.Length; at += 8)
            {
                rows.AddRange(wild.Select(number => (byte[])[.. row[..at], .. BitConverter.GetBytes(number), .. row[(at + 8)..]]));
            }

            rows.ForEach(one => Use(with($"\"{Convert.ToBase64String(one)}\"")));
        }
    }

    [Test]
    public void A_row_that_is_longer_by_less_than_a_scale_is_refused()
    {
        var arms = JsonLeaves.Of(GuardrailEvidenceJson.Write(new GuardrailEvidence())).First(leaf => leaf.Value.Length > 600);
        byte[] row = [.. Convert.FromBase64String(arms.Value), .. new byte[24]];
        Assert.That(GuardrailEvidenceJson.Read(arms.With($"\"{Convert.ToBase64String(row)}\"")), Is.Null);
    }

    [TestCase("closed.canary.bad", "-1")]
    [TestCase("closed.canary.bad", "1000000")]
    [TestCase("closed.canary.total", "9223372036854775807")]
    [TestCase("pending.stable.bad", "-1000000000000000000")]
    [TestCase("base.bad", "-1")]
    [TestCase("base.bad", "5001")]
    [TestCase("base.total", "1e300")]
    [TestCase("harm.bets", "-1")]
    [TestCase("harm.bets", "9223372036854775807")]
    [TestCase("harmOfMany.logPeak", "-5")]
    [TestCase("dispersion.persistence.pendingBlocks", "64")]
    [TestCase("dispersion.persistence.squareSum", "-1")]
    [TestCase("dispersion.sizeSum", "-1")]
    [TestCase("dispersion.blockSeconds", "0")]
    [TestCase("harm.unstarted", "2")]
    [TestCase("step.baseRate", "-0.1")]
    [TestCase("step.recentBlocks", "7")]
    [TestCase("latency.bucket", "1024")]
    [TestCase("latency.bucket", "-1")]
    [TestCase("latency.quantile", "1")]
    [TestCase("latency.against", "20001")]
    [TestCase("latency.against", "-9223372036854775808")]
    public void Numbers_that_no_state_has_are_refused(string path, string value)
    {
        string text = JsonLeaves.Replace(States[0], path, value);
        Assert.That(GuardrailEvidenceJson.Read(text), Is.Null, text);
    }

    [TestCase("blocks", "-1")]
    [TestCase("canary", "41")]
    [TestCase("stable", "-0.1")]
    [TestCase("surprise", "-1")]
    public void Numbers_that_no_state_of_means_has_are_refused(string path, string value)
    {
        string text = JsonLeaves.Replace(States[1], path, value);
        Assert.That(GuardrailEvidenceJson.ReadMean(text), Is.Null, text);
    }

    [TestCase("pairs", "-1")]
    [TestCase("pairs", "10")]
    [TestCase("onlyCanaryBad", "-2")]
    [TestCase("onlyCanaryBad", "9223372036854775807")]
    public void Numbers_that_no_state_of_pairs_has_are_refused(string path, string value)
    {
        string text = JsonLeaves.Replace(States[2], path, value);
        Assert.That(GuardrailEvidenceJson.ReadPaired(text), Is.Null, text);
    }

    [TestCase("weight", "101")]
    [TestCase("weight", "0")]
    [TestCase("blocks", "-1")]
    [TestCase("unstarted", "0")]
    [TestCase("pending.canary", "8")]
    [TestCase("recent.canary", "-1")]
    [TestCase("earlier.total", "9223372036854775807")]
    [TestCase("skew", "0")]
    [TestCase("skew", "-100")]
    [TestCase("logMended", "-1")]
    public void Numbers_that_no_state_of_a_split_has_are_refused(string path, string value)
    {
        string text = JsonLeaves.Replace(States[3], path, value);
        Assert.That(GuardrailEvidenceJson.ReadSplit(text), Is.Null, text);
    }

    [Test]
    public void Untouched_states_are_read()
    {
        Assert.Multiple(() =>
        {
            Assert.That(GuardrailEvidenceJson.Read(States[0]), Is.Not.Null);
            Assert.That(GuardrailEvidenceJson.ReadMean(States[1]), Is.Not.Null);
            Assert.That(GuardrailEvidenceJson.ReadPaired(States[2]), Is.Not.Null);
            Assert.That(GuardrailEvidenceJson.ReadSplit(States[3]), Is.Not.Null);
        });
    }

    private static GuardrailEvidence MakeEvidence()
    {
        var random = new Random(3);
        var evidence = new GuardrailEvidence
        {
            Settings = "Latency/5/95/",
            Latency = LatencyTarget.Following(0.95).Learn([(100, 900), (200, 100)]).Settle(),
        };
        for (int i = 0; i < 20; i++)
        {
            evidence = evidence.Collect(new Block(default, new ArmCounts(random.Next(8), 100))).CloseStableBlock();
        }

        return GuardrailEvidenceTests.Play(evidence, 0.07, 0.05, 0.02, 90, 30, 70, random)
            .Collect(new Block(new ArmCounts(1, 5), new ArmCounts(1, 9)));
    }

    private static void Use(string text)
    {
        if (GuardrailEvidenceJson.Read(text) is { } evidence)
        {
            foreach (var criterion in Criteria)
            {
                var next = evidence.CloseBlock(criterion).Collect(new Block(new ArmCounts(3, 50), new ArmCounts(2, 60)))
                    .CloseBlock(criterion);
                next = (next with { Latency = next.Latency?.Learn([(5, 100)]) }).Collect(new Block(default, new ArmCounts(1, 50)))
                    .CloseStableBlock();
                Check(Judge.ForGuardrails(99, 2).Of(next, criterion), text);
            }
        }

        if (GuardrailEvidenceJson.ReadMean(text) is { } mean)
        {
            Check(Judge.ForGuardrails(99, 2).Of(mean.Add(0.3, 0.6, 0.02).Add(1, 0, 0.02)), text);
        }

        UseSplit(text);
        if (GuardrailEvidenceJson.ReadPaired(text) is { } paired)
        {
            Check(Judge.ForGuardrails(99, 2).Of(paired.Add(100, 9, 1, 0.02)), text);
        }
    }

    private static void UseSplit(string text)
    {
        if (GuardrailEvidenceJson.ReadSplit(text) is { } split)
        {
            var next = split.CloseBlock().Collect(25, new Draws(9, 30)).CloseBlock().Collect(50, new Draws(9, 30)).CollectNothing()
                .CloseBlock();
            Assert.That(double.IsFinite(next.LogValue()) && double.IsFinite(next.LogMended), text);
            Assert.That(GuardrailEvidenceJson.Write(next), Is.Not.Empty);
        }
    }

    private static void Check(Judgement judgement, string text)
    {
        Assert.That(judgement.HarmOdds >= 1 && judgement.SafetyOdds >= 1, text);
        Assert.That(judgement.Interval.Low <= judgement.Interval.High, text);
    }
}
