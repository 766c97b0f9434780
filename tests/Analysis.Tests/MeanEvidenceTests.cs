using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Analysis.Tests;

public class MeanEvidenceTests
{
    private const int Runs = 50;
    private const int Blocks = 1500;

    private static readonly Judge Judge = new(0.01, 0.01);

    /// <summary>Without looking at neighbours 5, 12 and 26 of 100 were.</summary>
    [TestCase(0.0)]
    [TestCase(0.3)]
    [TestCase(0.7)]
    [TestCase(0.9)]
    public void Equal_canaries_are_not_found_worse_or_better_where_neighbouring_blocks_are_alike(double autocorrelation)
    {
        int decided = 0;
        for (int seed = 0; seed < Runs; seed++)
        {
            var verdict = Judge.Of(Play(seed, autocorrelation, difference: 0, Blocks, untilDecided: false)).Verdict;
            decided += verdict is Verdict.Harmful or Verdict.Safe ? 1 : 0;
        }

        // Two chances in a hundred each: four are reached in one of ten thousand suites, were the seeds not fixed.
        Assert.That(decided, Is.LessThanOrEqualTo(4));
    }

    [TestCase(0.0, 250)]
    [TestCase(0.3, 500)]
    public void A_worse_canary_is_found(double autocorrelation, int within)
    {
        int[] blocks = [.. Enumerable.Range(0, 20)
            .Select(seed => (int)Play(seed, autocorrelation, difference: 0.05, Blocks, untilDecided: true).Blocks)
            .Order()];
        Assert.That(blocks[10], Is.LessThan(within));
    }

    /// <summary>The step from good to bad is large on every time scale; taken for wobble it once hid the fault for good.</summary>
    [Test]
    public void One_that_gets_worse_late_is_found_too([Values(0.02, 0.1)] double noise, [Values(100, 500)] int goodBlocks)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var draw = new Draw(seed);
            var evidence = new MeanEvidence();
            int blocks = 0;
            for (; Judge.Of(evidence).Verdict != Verdict.Harmful && blocks < goodBlocks + 450; blocks++)
            {
                double canary = blocks < goodBlocks ? 0.4 : 0.6;
                evidence = evidence.Add(
                    Math.Clamp(canary + (noise * draw.Normal()), 0, 1), Math.Clamp(0.4 + (noise * draw.Normal()), 0, 1), 0.02);
            }

            Assert.That(blocks, Is.InRange(goodBlocks, goodBlocks + 400));
        }
    }

    [Test]
    public void The_interval_holds_the_difference()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var interval = Play(seed, 0.3, difference: 0.05, 300, untilDecided: false).Interval(0.01);
            Assert.That(interval.Low, Is.LessThan(0.05));
            Assert.That(interval.High, Is.GreaterThan(0.05));
        }
    }

    [Test]
    public void Neighbours_that_are_alike_count_by_what_an_autoregression_adds()
    {
        static double Factor(IEnumerable<double> differences) =>
            differences.Aggregate(new BatchDifferences(11), (state, difference) => state.Add(new Contrast(difference, 1, 1)))
                .NeighbourFactor();

        // Pairs of equal ones: every other difference is 0, the rest has the square 4, over the variance 2 of each: a ratio of 1, and none
        // alike.
        int[] pairs = [.. Enumerable.Range(0, 400).Select(i => i / 2 % 2 == 0 ? 1 : -1)];
        Assert.Multiple(() =>
        {
            Assert.That(Factor([]), Is.EqualTo(1));
            Assert.That(Factor([5]), Is.EqualTo(1));
            Assert.That(Factor(pairs.Select(x => (double)x)), Is.EqualTo(1));
            Assert.That(
                Factor(Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? 1.0 : -1)), Is.EqualTo(1), "neighbours that differ add nothing");
            Assert.That(Factor(Enumerable.Repeat(1.0, 3)), Is.EqualTo(1), "two alike are chance");
            Assert.That(Factor(Enumerable.Repeat(1.0, 1000)), Is.EqualTo(199).Within(1e-9));
            Assert.That(
                Factor(pairs.Select(x => x / Math.Sqrt(2))),
                Is.EqualTo(1.55 / 0.45).Within(0.02),
                "half alike, and a standard error of 0.05");
        });
    }

    private static MeanEvidence Play(int seed, double autocorrelation, double difference, int blocks, bool untilDecided)
    {
        var draw = new Draw(seed);
        var (canary, stable) = (draw.Normal(), draw.Normal());
        double fresh = Math.Sqrt(1 - (autocorrelation * autocorrelation));
        var evidence = new MeanEvidence();
        for (int i = 0; i < blocks && !(untilDecided && Judge.Of(evidence).Verdict == Verdict.Harmful); i++)
        {
            canary = (autocorrelation * canary) + (fresh * draw.Normal());
            stable = (autocorrelation * stable) + (fresh * draw.Normal());
            evidence = evidence.Add(Math.Clamp(0.4 + difference + (0.1 * canary), 0, 1), Math.Clamp(0.4 + (0.1 * stable), 0, 1), 0);
        }

        return evidence;
    }
}
