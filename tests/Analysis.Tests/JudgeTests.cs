namespace ModelOperator.Analysis.Tests;

public class JudgeTests
{
    private static readonly Judge Judge = Judge.ForGuardrails(99, 2);

    [Test]
    public void The_error_rate_for_harm_is_shared_and_the_one_for_safety_is_not()
    {
        Assert.That(Judge.HarmErrorRate, Is.EqualTo(0.005).Within(1e-15));
        Assert.That(Judge.SafetyErrorRate, Is.EqualTo(0.01).Within(1e-15));
    }

    [TestCase(0.0, 0.0, false, Verdict.Continue)]
    [TestCase(0.0, 0.0, true, Verdict.Inconclusive)]
    [TestCase(199.9, 99.9, false, Verdict.Continue)]
    [TestCase(200.1, 0.0, false, Verdict.Harmful)]
    [TestCase(200.1, 0.0, true, Verdict.Harmful)]
    [TestCase(0.0, 100.1, false, Verdict.Safe)]
    [TestCase(0.0, 100.1, true, Verdict.Safe)]
    [TestCase(200.1, 1e9, false, Verdict.Harmful)]
    public void What_was_ever_shown_of_means_and_pairs_decides_and_harm_comes_first(
        double harm, double safety, bool isLast, Verdict expected)
    {
        var (harmful, safe) = (new EProcess().Show(Math.Log(harm)), new EProcess().Show(Math.Log(safety)));
        var means = new MeanEvidence { Blocks = 1, Harm = harmful, Safety = safe };
        var pairs = new PairedEvidence { Pairs = 1, Harm = harmful, Safety = safe };
        Assert.Multiple(() =>
        {
            Assert.That(Judge.Of(means, isLast).Verdict, Is.EqualTo(expected));
            Assert.That(Judge.Of(pairs, isLast).Verdict, Is.EqualTo(expected));
            Assert.That(Judge.Of(pairs, isLast).HarmOdds, Is.EqualTo(Math.Max(1, harm)).Within(1e-9));
            Assert.That(Judge.Of(pairs, isLast).SafetyOdds, Is.EqualTo(Math.Max(1, safety)).Within(1).Percent);
        });
    }

    [Test]
    public void Harm_of_counts_stays_and_their_safety_is_what_is_so_now([Values] bool isLimit)
    {
        var criterion = isLimit ? Criterion.Limit(0.1) : Criterion.Margin(0.1);
        var good = Enumerable.Range(0, 40)
            .Aggregate(Known(), (e, _) => e.Collect(new Block(new ArmCounts(1, 100), new ArmCounts(1, 100))).CloseBlock(criterion));
        var bad = Enumerable.Range(0, 40)
            .Aggregate(good, (e, _) => e.Collect(new Block(new ArmCounts(40, 100), new ArmCounts(1, 100))).CloseBlock(criterion));
        var goodAgain = Enumerable.Range(0, 400)
            .Aggregate(bad, (e, _) => e.Collect(new Block(new ArmCounts(1, 100), new ArmCounts(1, 100))).CloseBlock(criterion));
        Assert.Multiple(() =>
        {
            Assert.That(Judge.Of(good, criterion).Verdict, Is.EqualTo(Verdict.Safe));
            Assert.That(Judge.Of(bad, criterion).Verdict, Is.EqualTo(Verdict.Harmful));
            Assert.That(Judge.Of(bad, criterion).SafetyOdds, Is.EqualTo(1));
            Assert.That(Judge.Of(goodAgain, criterion).Verdict, Is.EqualTo(Verdict.Harmful), "what was shown stays shown");
        });
    }

    [Test]
    public void An_interval_never_contradicts_the_verdict_beside_it()
    {
        var criterion = Criterion.Margin(0.02);
        var evidence = Known();
        for (int i = 0; i < 200 && Judge.Of(evidence, criterion).Verdict != Verdict.Harmful; i++)
        {
            evidence = evidence.Collect(new Block(new ArmCounts(i < 60 ? 1 : 30, 100), new ArmCounts(1, 100))).CloseBlock(criterion);
            var judgement = Judge.Of(evidence, criterion);
            Assert.That(judgement.Verdict != Verdict.Safe || judgement.Interval.High <= 0.02);
            Assert.That(judgement.Verdict != Verdict.Harmful || judgement.Interval.Low >= 0.02);
        }

        Assert.That(Judge.Of(evidence, criterion).Verdict, Is.EqualTo(Verdict.Harmful));
    }

    private static GuardrailEvidence Known() =>
        new GuardrailEvidence().Collect(new Block(default, new ArmCounts(1, 100))).CloseStableBlock();

    [Test]
    public void Without_data_there_is_no_verdict_not_even_at_the_end([Values] bool isLast)
    {
        var onlyCanary = new GuardrailEvidence().Collect(new Block(new ArmCounts(0, 5), default));
        Assert.Multiple(() =>
        {
            Assert.That(Judge.Of(new GuardrailEvidence(), Criterion.Limit(0.1), isLast).Verdict, Is.EqualTo(Verdict.NoData));
            Assert.That(Judge.Of(onlyCanary, Criterion.Margin(0.1), isLast).Verdict, Is.EqualTo(Verdict.NoData));
            Assert.That(
                Judge.Of(onlyCanary, Criterion.Limit(0.1), isLast).Verdict,
                Is.Not.EqualTo(Verdict.NoData),
                "a limit needs the canary alone");
            Assert.That(Judge.Of(new MeanEvidence(), isLast).Verdict, Is.EqualTo(Verdict.NoData));
            Assert.That(Judge.Of(new PairedEvidence(), isLast).Verdict, Is.EqualTo(Verdict.NoData));
        });
    }

    [Test]
    public void Halfway_to_harmful_is_suspicious_until_the_evidence_falls_again()
    {
        var pairs = new PairedEvidence();
        while (pairs.Harm.LogValue() < -Math.Log(Judge.HarmErrorRate) / 2)
        {
            Assert.That(Judge.Of(pairs).IsSuspicious, Is.False);
            pairs = pairs.Add(1, 1, 0, 0);
        }

        Assert.That(Judge.Of(pairs).IsSuspicious);
        Assert.That(Judge.Of(pairs).Verdict, Is.EqualTo(Verdict.Continue));
        pairs = pairs.Add(20, 0, 20, 0);
        Assert.That(Judge.Of(pairs).IsSuspicious, Is.False);
        Assert.That(Judge.Of(pairs).HarmOdds, Is.GreaterThan(14), "the peak stays");
    }

    [Test]
    public void Limits_pairs_and_means_are_found_harmful_or_safe()
    {
        GuardrailEvidence Limited(int bad) => Enumerable.Range(0, 60).Aggregate(
            new GuardrailEvidence(),
            (e, i) => e.Collect(new Block(new ArmCounts(bad + (i % 2), 100), default)).CloseBlock(Criterion.Limit(0.08)));
        PairedEvidence Paired(int onlyCanary) =>
            Enumerable.Range(0, 60).Aggregate(new PairedEvidence(), (e, i) => e.Add(100, onlyCanary + (i % 2), i % 3, 0.02));
        MeanEvidence Meant(double canary) => Enumerable.Range(0, 400).Aggregate(
            new MeanEvidence(), (e, i) => e.Add(canary + (0.1 * Math.Sin(i * i)), 0.5 + (0.1 * Math.Cos(i * i)), 0.05));
        Assert.Multiple(() =>
        {
            Assert.That(Judge.Of(Limited(14), Criterion.Limit(0.08)).Verdict, Is.EqualTo(Verdict.Harmful));
            Assert.That(Judge.Of(Limited(3), Criterion.Limit(0.08)).Verdict, Is.EqualTo(Verdict.Safe));
            Assert.That(Judge.Of(Paired(6)).Verdict, Is.EqualTo(Verdict.Harmful));
            Assert.That(Judge.Of(Paired(0)).Verdict, Is.EqualTo(Verdict.Safe));
            Assert.That(Judge.Of(Meant(0.65)).Verdict, Is.EqualTo(Verdict.Harmful));
            Assert.That(Judge.Of(Meant(0.45)).Verdict, Is.EqualTo(Verdict.Safe));
        });
    }
}
