using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

/// <summary>An operator that is restarted at any block goes on as if it had not been, to the last bit.</summary>
public class StateTests
{
    private static readonly Criterion[] Criteria = [Criterion.Margin(0), Criterion.Margin(0.02), Criterion.Limit(0.03)];
    private static readonly Judge Judge = Judge.ForGuardrails(99, 3);

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 40)]
    public Property A_guardrail_goes_on_as_if_never_stopped() => Prop.ForAll(
        (from seed in Gen.Choose(0, 1_000_000)
         from criterion in Gen.Elements(Criteria)
         from stops in Gen.Choose(1, 10)
         from hasLatency in Gen.Elements(true, false)
         select (seed, criterion, stops, hasLatency)).ToArbitrary(),
        c =>
        {
            var random = new Random(c.seed);
            var (whole, stopped) = (Start(c.hasLatency), Start(c.hasLatency));
            for (int i = 0; i < 150; i++)
            {
                var counts = new Block(Arm(random, 0.1 * random.NextDouble()), Arm(random, 0.02));
                (whole, stopped) = (Step(whole, counts, i, c.criterion), Step(stopped, counts, i, c.criterion));
                if (random.Next(10) < c.stops)
                {
                    stopped = GuardrailEvidenceJson.Read(GuardrailEvidenceJson.Write(stopped))!;
                }

                if (!Judge.Of(whole, c.criterion).Equals(Judge.Of(stopped, c.criterion)))
                {
                    return false;
                }
            }

            return GuardrailEvidenceJson.Write(whole) == GuardrailEvidenceJson.Write(stopped);
        });

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 40)]
    public bool Means_go_on_as_if_never_stopped(int seed)
    {
        var random = new Random(seed);
        var whole = new MeanEvidence { Settings = "Prometheus/\"approvals\"/1" };
        var stopped = whole;
        for (int i = 0; i < 150; i++)
        {
            var (canary, stable) = (random.NextDouble(), random.NextDouble());
            (whole, stopped) = (
                whole.Add(canary, stable, 0.01),
                GuardrailEvidenceJson.ReadMean(GuardrailEvidenceJson.Write(stopped.Add(canary, stable, 0.01)))!);
            if (!Judge.Of(whole).Equals(Judge.Of(stopped)) || whole != stopped)
            {
                return false;
            }
        }

        return true;
    }

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 40)]
    public bool Pairs_go_on_as_if_never_stopped(int seed)
    {
        var random = new Random(seed);
        var (whole, stopped) = (new PairedEvidence(), new PairedEvidence());
        for (int i = 0; i < 150; i++)
        {
            var (canary, stable) = (random.Next(5), random.Next(3));
            (whole, stopped) = (
                whole.Add(100, canary, stable, 0.01),
                GuardrailEvidenceJson.ReadPaired(GuardrailEvidenceJson.Write(stopped.Add(100, canary, stable, 0.01)))!);
            if (!Judge.Of(whole).Equals(Judge.Of(stopped)) || whole != stopped)
            {
                return false;
            }
        }

        return true;
    }

    [Test]
    public void A_hundred_thousand_blocks_leave_no_more_than_four_kilobytes()
    {
        var random = new Random(5);
        var evidence = Start(hasLatency: true);
        var mean = new MeanEvidence { Settings = "Prometheus/approvals/1" };
        var pairs = new PairedEvidence();
        for (int i = 0; i < 100_000; i++)
        {
            evidence = i % 1000 == 0
                ? Step(evidence, new Block(Arm(random, 0.03), Arm(random, 0.03)), i, Criteria[1])
                : evidence.Collect(new Block(new ArmCounts(i % 3, 50), new ArmCounts(i % 7, 450))).CloseBlock(Criteria[1]);
            if (i % 10 == 0)
            {
                mean = mean.Add(random.NextDouble(), random.NextDouble(), 0.01);
                pairs = pairs.Add(100, i % 7, i % 5, 0.01);
            }
        }

        Assert.Multiple(() =>
        {
            Assert.That(GuardrailEvidenceJson.Write(evidence), Has.Length.LessThan(4096));
            Assert.That(GuardrailEvidenceJson.Write(mean), Has.Length.LessThan(4096));
            Assert.That(GuardrailEvidenceJson.Write(pairs), Has.Length.LessThan(4096));
            Assert.That(GuardrailEvidenceJson.Read(GuardrailEvidenceJson.Write(evidence)), Is.Not.Null);
        });
    }

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 300)]
    public Property No_counts_make_evidence_negative_infinite_or_no_number()
    {
        var arms = from total in Gen.Elements(0L, 1L, 7L, 1_000_000L, 1_000_000_000_000L)
                   from part in Gen.Elements(0.0, 1e-12, 0.01, 0.5, 1.0)
                   select new ArmCounts((long)(total * part), total);
        var cases = from blocks in (from canary in arms from stable in arms select new Block(canary, stable)).ListOf(30)
                    from criterion in Gen.Elements([.. Criteria, Criterion.Margin(0.999), Criterion.Limit(0), Criterion.Limit(0.999)])
                    select (blocks, criterion);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var evidence = new GuardrailEvidence();
            foreach (var block in c.blocks)
            {
                evidence = evidence.Collect(block with { Canary = default }).CloseStableBlock().Collect(block).CloseBlock(c.criterion);
                var judgement = Judge.Of(evidence, c.criterion);
                double[] figures =
                [
                    evidence.Harm.LogValue(),
                    evidence.Step.LogSafety(c.criterion, 1),
                    evidence.Dispersion.Factor(),
                    judgement.Interval.Low,
                    judgement.Interval.High,
                ];
                if (!Array.TrueForAll(figures, double.IsFinite) || !(judgement.HarmOdds >= 1) || !(judgement.SafetyOdds >= 1)
                    || judgement.Interval.Low > judgement.Interval.High)
                {
                    return false.Label($"{block}: {judgement} {string.Join(' ', figures)}");
                }
            }

            return (GuardrailEvidenceJson.Read(GuardrailEvidenceJson.Write(evidence)) == evidence).Label("reads back");
        });
    }

    [Test]
    public void Pairs_and_means_bear_huge_numbers_of_everything()
    {
        const long Many = 1_000_000_000_000;
        var pairs = new PairedEvidence();
        var mean = new MeanEvidence();
        for (int i = 0; i < 100; i++)
        {
            pairs = pairs.Add(Many, i % 3 == 0 ? Many : 0, 0, 0.01).Add(Many, 0, i % 5 == 0 ? Many : 3, 0.01).Add(0, 0, 0, 0.01);
            mean = mean.Add(i % 2, 1 - (i % 2), 0.999);
        }

        Assert.Multiple(() =>
        {
            Assert.That(double.IsFinite(pairs.Harm.LogValue()) && double.IsFinite(pairs.Safety.LogValue()));
            Assert.That(double.IsFinite(mean.Harm.LogValue()) && double.IsFinite(mean.Safety.LogValue()));
            Assert.That(
                Judge.Of(pairs).Interval, Is.EqualTo(RateSequence.Difference(34e12, 200e12, 20e12 + 240, 200e12, Judge.HarmErrorRate)));
        });
    }

    [TestCase(-0.01)]
    [TestCase(1.0)]
    [TestCase(double.NaN)]
    public void Margins_that_are_no_share_are_refused(double margin)
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Criterion.Margin(margin), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Criterion.Limit(margin), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MeanEvidence().Add(0.5, 0.5, margin), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PairedEvidence().Add(1, 0, 0, margin), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void Counts_and_means_that_cannot_be_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new PairedEvidence().Add(1, 1, 1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PairedEvidence().Add(1, -1, 0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new PairedEvidence().Add(0, long.MaxValue, long.MaxValue, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MeanEvidence().Add(1.1, 0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MeanEvidence().Add(0, double.NaN, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    private static GuardrailEvidence Start(bool hasLatency) =>
        new() { Settings = "Latency/5/95/", Latency = hasLatency ? LatencyTarget.Following(0.95) : null };

    private static GuardrailEvidence Step(GuardrailEvidence evidence, Block counts, int block, Criterion criterion)
    {
        var learnt = evidence with
        {
            Latency = evidence.Latency?.Learn([(100 + (block % 50), counts.Stable.Total), (300 + (block % 400), counts.Stable.Bad)]),
        };
        return block < 20
            ? learnt.Collect(counts with { Canary = default }).CloseStableBlock()
            : learnt.Collect(counts).CloseBlock(criterion);
    }

    private static ArmCounts Arm(Random random, double rate)
    {
        int total = random.Next(400);
        return new ArmCounts(Enumerable.Range(0, total).Count(_ => random.NextDouble() < rate), total);
    }
}
