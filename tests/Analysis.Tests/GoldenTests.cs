namespace ModelOperator.Analysis.Tests;

/// <summary>
/// Evidence worked out from the definitions with sixty digits, by another program: projections by bisection, processes as the sum over
/// every block to start at, safety as the sum over guesses and effects with its summit by section, intervals from the beta function.
/// </summary>
public class GoldenTests
{
    private static readonly Block[] Harmful = [Table(1, 10, 2, 90), Table(3, 10, 1, 90), Table(4, 12, 2, 88)];
    private static readonly Block[] Good = [Table(0, 50, 5, 150), Table(0, 60, 6, 140), Table(1, 70, 4, 130)];
    private static readonly Block[] Limited = [Table(2, 20, 0, 0), Table(3, 25, 1, 5)];
    private static readonly Block[] Faded = [Table(0, 0, 300, 6000), Table(9, 30, 20, 400)];

    private static IEnumerable<TestCaseData> Guardrails()
    {
        yield return new TestCaseData(
            Criterion.Margin(0), Harmful, new[] { 0, 3.2971665437524313, 8.470213232464816 },
            new[] { 0, -1.6011837872740216, -2.6662386853428175 }).SetName("{m}(no margin, a worse canary)");
        yield return new TestCaseData(
            Criterion.Margin(0.02), Good, new[] { 0, -1.1252350599513652, -1.4841990045357283 },
            new[] { 0, 2.2533722214379384, 2.9690400246271875 }).SetName("{m}(a margin of 2 points, a good canary)");
        yield return new TestCaseData(
            Criterion.Limit(0.05), Limited, new[] { -0.01785910484129063, 0.5496527814235285 },
            new[] { -0.9889921848727737, -1.77579283614055 }).SetName("{m}(a limit of 5 percent)");
        yield return new TestCaseData(Criterion.Margin(0.1), Faded, new[] { 0, 1.087299245540184 }, new[] { 0, -2.3624581281083508 })
            .SetName("{m}(a margin of 10 points, stable known from more than is remembered)");
    }

    [TestCaseSource(nameof(Guardrails))]
    public void A_guardrails_blocks(Criterion criterion, Block[] blocks, double[] harm, double[] safety)
    {
        var evidence = new GuardrailEvidence();
        for (int i = 0; i < blocks.Length; i++)
        {
            evidence = evidence.Collect(blocks[i]).CloseBlock(criterion, isForced: true);
            Assert.That(evidence.Harm.LogValue(), Is.EqualTo(harm[i]).Within(1e-11), $"harm after block {i + 1}");
            Assert.That(evidence.Step.LogSafety(criterion, 1), Is.EqualTo(safety[i]).Within(1e-11), $"safety after block {i + 1}");
        }
    }

    [TestCase(Hypothesis.Harm, 0, 0.3, 0.1, 3, 10, 1, 10, 0.2, 0.2, 0.64857571630034057)]
    [TestCase(Hypothesis.Harm, 0.02, 0.08, 0.05, 7, 50, 12, 200, 0.071554074521437941, 0.051554074521437941, 0.32855414423035373)]
    [TestCase(Hypothesis.Safety, 0.05, 0.02, 0.03, 1, 100, 9, 300, 0.073881113223030857, 0.023881113223030857, 4.514805708828968)]
    [TestCase(Hypothesis.Safety, 0.3, 0.1, 0.05, 0, 3, 40, 1000, 0.34984393505452957, 0.049843935054529568, 0.94289941917332266)]
    public void One_table(
        Hypothesis hypothesis, double margin, double canary, double stable, long canaryBad, long canaryTotal, long stableBad,
        long stableTotal, double nearestCanary, double nearestStable, double log)
    {
        var guess = new Rates(canary, stable);
        var nearest = NullProjection.Project(guess, margin, canaryTotal, stableTotal);
        Assert.Multiple(() =>
        {
            Assert.That(nearest.Canary, Is.EqualTo(nearestCanary).Within(1e-14));
            Assert.That(nearest.Stable, Is.EqualTo(nearestStable).Within(1e-14));
            Assert.That(
                EValue.Log(hypothesis, margin, guess, Table(canaryBad, canaryTotal, stableBad, stableTotal)),
                Is.EqualTo(log).Within(1e-12));
        });
    }

    [Test]
    public void Pairs()
    {
        var worse = new PairedEvidence().Add(100, 5, 1, 0).Add(40, 4, 0, 0);
        var good = new PairedEvidence().Add(200, 1, 3, 0.02).Add(100, 0, 2, 0.02);
        Assert.Multiple(() =>
        {
            Assert.That(worse.Harm.LogValue(), Is.EqualTo(2.599490710140063).Within(1e-12));
            Assert.That(worse.Safety.LogValue(), Is.EqualTo(-1.3854554147947185).Within(1e-12));
            Assert.That(good.Harm.LogValue(), Is.EqualTo(-1.44812830810527).Within(1e-12));
            Assert.That(good.Safety.LogValue(), Is.EqualTo(4.814602126382418).Within(1e-12));
        });
    }

    [Test]
    public void Means()
    {
        double[] harm = [0.06573465492939178, 0.13826255299232285, -0.04610355460924974];
        double[] safety = [-0.07036163575482816, -0.14155105667867993, -0.010092573260146216];
        var evidence = new MeanEvidence();
        foreach (var (i, canary, stable) in new[] { (0, 0.5, 0.25), (1, 0.75, 0.5), (2, 0.125, 0.5) })
        {
            evidence = evidence.Add(canary, stable, 0.05);
            Assert.That(evidence.Harm.LogValue(), Is.EqualTo(harm[i]).Within(1e-13));
            Assert.That(evidence.Safety.LogValue(), Is.EqualTo(safety[i]).Within(1e-13));
        }
    }

    [TestCase(0, 1, 0.05, 0, 0.975)]
    [TestCase(1, 1, 0.05, 0.025, 1)]
    [TestCase(0, 100, 0.01, 0, 0.072083660969809861)]
    [TestCase(3, 40, 0.05, 0.0056491675874538113, 0.27417181264538449)]
    [TestCase(50, 100, 0.01, 0.31765142319452957, 0.68234857680547043)]
    [TestCase(412, 3000, 0.01, 0.1123590874354067, 0.1651496401277657)]
    [TestCase(290, 3010, 0.01, 0.075318705430959558, 0.12052508291103377)]
    [TestCase(20_000, 1_000_000, 0.01, 0.019329146505661615, 0.020685878764569118)]
    [TestCase(1.5, 6.25, 0.1, 0.010120368088372482, 0.74534475005580179)]
    [TestCase(1e10, 1e12, 0.01, 0.0099993923937596819, 0.010000607630605042)]
    public void Intervals(double bad, double total, double errorRate, double low, double high)
    {
        var interval = RateSequence.Of(bad, total, errorRate);
        Assert.Multiple(() =>
        {
            Assert.That(interval.Low, Is.EqualTo(low).Within(1e-9));
            Assert.That(interval.High, Is.EqualTo(high).Within(1e-9));
        });
    }

    [Test]
    public void The_interval_of_a_difference()
    {
        var interval = RateSequence.Difference(412, 3000, 290, 3010, 0.01);
        Assert.Multiple(() =>
        {
            Assert.That(interval.Low, Is.EqualTo(-0.010061832590495796).Within(1e-10));
            Assert.That(interval.High, Is.EqualTo(0.091702547065140525).Within(1e-10));
        });
    }

    private static Block Table(long canaryBad, long canaryTotal, long stableBad, long stableTotal) =>
        new(new ArmCounts(canaryBad, canaryTotal), new ArmCounts(stableBad, stableTotal));
}
