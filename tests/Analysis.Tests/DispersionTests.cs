using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Analysis.Tests;

public class DispersionTests
{
    private static readonly Criterion Margin = Criterion.Margin(0);

    [Test]
    public void While_no_dispersion_shows_the_evidence_counts_in_full_to_the_last_bit()
    {
        int blocks = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            var stream = new TrafficStream(new Scenario("steady"), 50, 0.5, seed);
            var evidence = Before(stream, 500);
            double harm = 0;
            for (int i = 0; i < 200 && evidence.Dispersion.Factor() == 1; i++, blocks++)
            {
                Assert.That(evidence.Harm.LogPeak, Is.EqualTo(harm));
                Assert.That(evidence.LogSafety(Margin), Is.EqualTo(evidence.Step.LogSafety(Margin, 1)));
                evidence = evidence.Collect(stream.Next()).CloseBlock(Margin);
                harm = Math.Max(harm, Math.Min(evidence.Harm.LogValue(), evidence.HarmOfMany.LogValue()));
            }
        }

        Assert.That(blocks, Is.GreaterThan(1800), "independent requests show dispersion by chance, and seldom");
    }

    [Test]
    public void Tempered_evidence_is_never_above_the_exact(
        [Values(0.0, 0.3)] double wobble, [Values] bool isLimit, [Values(0.01, 0.05)] double canaryRate)
    {
        var criterion = isLimit ? Criterion.Limit(0.012) : Margin;
        int tempered = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            var stream = new TrafficStream(new Scenario("own") { Canary = canaryRate, OwnWobble = wobble }, 50, 0.1, seed);
            var evidence = Before(stream, 500);
            for (int i = 0; i < 300; i++)
            {
                evidence = evidence.Collect(stream.Next()).CloseBlock(criterion);
                double exact = evidence.Harm.LogValue();
                double value = evidence.Dispersion.Temper(evidence.Harm with { LogPeak = 0 });
                tempered += value < exact ? 1 : 0;
                if (value > exact || value != Tempered(evidence.Dispersion, evidence.Harm))
                {
                    Assert.Fail($"{value:R} of {exact:R}");
                }

                Assert.That(
                    evidence.LogSafety(criterion), Is.LessThanOrEqualTo(Math.Max(0, evidence.Step.LogSafety(criterion, 1)) + 1e-12));
            }
        }

        Assert.That(tempered > 100 || wobble == 0, $"tempered {tempered} times");
    }

    [Test]
    public void A_wobble_of_an_arms_own_shows_and_one_that_both_share_does_not()
    {
        int own = 0;
        int shared = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            own += Play(new Scenario("own") { OwnWobble = 0.3 }, seed).Dispersion.Arms.Ratio().IsSure ? 1 : 0;
            shared += Play(new Scenario("shared") { SharedWobble = 0.7 }, seed).Dispersion.Arms.Ratio().IsSure ? 1 : 0;
        }

        Assert.Multiple(() =>
        {
            Assert.That(own, Is.GreaterThanOrEqualTo(19));
            Assert.That(shared, Is.LessThanOrEqualTo(1));
        });
    }

    /// <summary>Quiet blocks among busy ones once made the guess of stable's rate so poor that the next busy block looked wild.</summary>
    [Test]
    public void Blocks_of_very_different_sizes_are_no_dispersion([Values(0.01, 0.1)] double rate)
    {
        int seen = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            var draw = new Draw(seed);
            var evidence = new GuardrailEvidence();
            for (int i = 0; i < 1500; i++)
            {
                int size = draw.Uniform() < 0.3 ? 20 : 500;
                evidence = evidence.Collect(new Block(default, new ArmCounts(draw.Binomial(size, rate), size))).CloseStableBlock();
            }

            seen += evidence.Dispersion.Factor() > 1 ? 1 : 0;
        }

        Assert.That(seen, Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void Stables_own_wobble_before_the_rollout_is_remembered_in_it()
    {
        var stream = new TrafficStream(new Scenario("own") { OwnWobble = 0.3 }, 50, 0.1, 4);
        var evidence = Before(stream, 2160);
        double factor = evidence.Dispersion.Factor();
        Assert.That(factor, Is.GreaterThan(1.5));
        Assert.That(evidence.Collect(stream.Next()).CloseBlock(Margin).Dispersion.Factor(), Is.GreaterThanOrEqualTo(factor));
    }

    [Test]
    public void One_burst_however_wild_does_not_persist()
    {
        var bursts = Enumerable.Range(0, 640).Aggregate(new Persistence(), (p, i) => p.Add(i == 300 ? 1e9 : Math.Sin(i)));
        var steady = Enumerable.Range(0, 640).Aggregate(new Persistence(), (p, i) => p.Add(1 + Math.Sin(i)));
        Assert.Multiple(() =>
        {
            Assert.That(bursts.LogValue(above: true), Is.LessThanOrEqualTo(0.5 + 1e-6));
            Assert.That(steady.LogValue(above: true), Is.EqualTo(5).Within(0.05), "half the number of batches");
            Assert.That(steady.LogValue(above: false), Is.Zero);
        });
    }

    /// <summary>
    /// exp(l S - l^2 Q / 2) with symmetric batches has expectation 1 at most for every l; over all signs of ten batches of any sizes.
    /// </summary>
    [Test]
    public void For_a_fixed_stake_persistence_is_evidence_whatever_the_sizes([Values(0.01, 0.3, 2.0)] double stake)
    {
        const int Batch = 64;
        double[] sizes = [0.1, 1, 5, 0.3, 100, 2, 2, 0.01, 7, 1];
        double sum = 0;
        for (int signs = 0; signs < 1 << sizes.Length; signs++)
        {
            var persistence = new Persistence();
            for (int batch = 0; batch < sizes.Length; batch++)
            {
                double each = ((signs >> batch & 1) == 0 ? 1 : -1) * sizes[batch] / Batch;
                persistence = Enumerable.Range(0, Batch).Aggregate(persistence, (p, _) => p.Add(each));
            }

            double log = (stake * persistence.Sum) - (stake * stake * persistence.SquareSum / 2);
            sum += Math.Exp(log) / (1 << sizes.Length);
            Assert.That(log, Is.LessThanOrEqualTo(persistence.LogValue(persistence.Sum > 0) + 1e-9), "the best stake is at least as good");
        }

        Assert.That(sum, Is.LessThanOrEqualTo(1 + 1e-9));
    }

    // Divided by the factor and persistent, or so large that four times the factor does not explain it.
    private static double Tempered(Dispersion dispersion, EProcess process)
    {
        double factor = dispersion.Factor();
        return process.LogValue() <= 0 || factor == 1
            ? process.LogValue()
            : Math.Max(
                Math.Min(process.LogValue(Math.Min(64, factor)), dispersion.Persistence!.LogValue(above: true)),
                process.LogValue(4 * factor));
    }

    private static GuardrailEvidence Before(TrafficStream stream, int blocks) =>
        stream.Before().Take(blocks)
            .Aggregate(new GuardrailEvidence(), (e, counts) => e.Collect(new Block(default, counts)).CloseStableBlock());

    private static GuardrailEvidence Play(Scenario scenario, int seed)
    {
        var stream = new TrafficStream(scenario, 50, 0.5, seed);
        return Enumerable.Range(0, 1000).Aggregate(new GuardrailEvidence(), (e, _) => e.Collect(stream.Next()).CloseBlock(Margin));
    }
}
