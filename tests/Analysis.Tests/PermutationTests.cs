using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Analysis.Tests;

/// <summary>The order of blocks may be anything that does not depend on how they turned out.</summary>
public class PermutationTests
{
    private const int Runs = 300;
    private const int Blocks = 150;
    private const double Alpha = 0.05;

    [Test]
    public void Blocks_of_the_null_in_any_order_raise_no_more_false_alarms([Values(0.0, 0.03)] double margin, [Values] bool isLimit)
    {
        var criterion = isLimit ? Criterion.Limit(0.1 + margin) : Criterion.Margin(margin);
        var (harm, safety) = Alarms(criterion, margin, (blocks, draw) => [.. blocks.OrderBy(_ => draw.Uniform())], isSwinging: !isLimit);
        Assert.Multiple(() =>
        {
            // Above it by four standard deviations and more is what a chance of alpha does once in 30,000.
            double most = (Runs * Alpha) + (4 * Math.Sqrt(Runs * Alpha * (1 - Alpha)));
            Assert.That(harm, Is.LessThanOrEqualTo(most));
            Assert.That(safety, Is.LessThanOrEqualTo(most));
        });
    }

    [Test]
    public void Put_in_order_after_the_fact_they_do()
    {
        var (harm, _) = Alarms(
            Criterion.Margin(0), 0, (blocks, _) => [.. blocks.OrderBy(block => block.Canary.Rate - block.Stable.Rate)], isSwinging: true);
        Assert.That(harm, Is.GreaterThan(Runs / 2));
    }

    // Both nulls hold at their common border. With a margin the base rate swings and the shares change; a limit is about a rate that stays.
    private static (int Harm, int Safety) Alarms(
        Criterion criterion, double margin, Func<List<Block>, Draw, List<Block>> order, bool isSwinging)
    {
        var (harm, safety) = (0, 0);
        for (int run = 0; run < Runs; run++)
        {
            var draw = new Draw(run);
            var blocks = Enumerable.Range(0, Blocks).Select(i =>
            {
                double rate = isSwinging ? 0.02 + (0.1 * draw.Uniform()) : 0.1;
                int canary = isSwinging ? 5 + (i * 90 / Blocks) : 40;
                return new Block(
                    new ArmCounts(draw.Binomial(canary, rate + margin), canary),
                    new ArmCounts(draw.Binomial(100 - canary, rate), 100 - canary));
            }).ToList();
            var evidence = new GuardrailEvidence().Collect(new Block(default, new ArmCounts(draw.Binomial(500, 0.07), 500)))
                .CloseStableBlock();
            var (isHarm, isSafe) = (false, false);
            foreach (var block in order(blocks, draw))
            {
                evidence = evidence.Collect(block).CloseBlock(criterion);

                // The exact evidence: what dispersion leaves of it is less.
                isHarm |= evidence.Harm.LogValue() >= -Math.Log(Alpha);
                isSafe |= evidence.Step.LogSafety(criterion, 1) >= -Math.Log(Alpha);
            }

            harm += isHarm ? 1 : 0;
            safety += isSafe ? 1 : 0;
        }

        return (harm, safety);
    }
}
