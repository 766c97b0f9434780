using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

/// <summary>
/// The obvious directions. They hold of the exact evidence of a block. They do not hold of the peak once it is tempered (a wild block may
/// tell more of dispersion than of harm), nor, with a margin, of one more good answer: a larger arm
/// moves the nearest point of the null, and that can make both arms' counts say more.
/// </summary>
public class MonotonicityTests
{
    private static readonly Criterion[] Criteria =
        [Criterion.Margin(0), Criterion.Margin(0.02), Criterion.Margin(0.3), Criterion.Limit(0.05)];

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 500)]
    public Property One_more_bad_canary_answer_in_a_block_never_lowers_harm_nor_raises_safety() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var better = Close(c.History, c.Block, c.Criterion);
        var worse = Close(c.History, c.Block with { Canary = new ArmCounts(c.Block.Canary.Bad + 1, c.Block.Canary.Total) }, c.Criterion);
        return worse.Harm.LogValue() >= better.Harm.LogValue() - 1e-9
            && worse.Step.LogSafety(c.Criterion, 1) <= better.Step.LogSafety(c.Criterion, 1) + 1e-9;
    });

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 500)]
    public Property One_more_bad_stable_answer_in_a_block_never_raises_harm_nor_lowers_safety() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var better = Close(c.History, c.Block, c.Criterion);
        var worse = Close(c.History, c.Block with { Stable = new ArmCounts(c.Block.Stable.Bad + 1, c.Block.Stable.Total) }, c.Criterion);
        return worse.Harm.LogValue() <= better.Harm.LogValue() + 1e-9
            && worse.Step.LogSafety(c.Criterion, 1) >= better.Step.LogSafety(c.Criterion, 1) - 1e-9;
    });

    /// <summary>
    /// With no margin: the pooled rate r moves towards the canary's q, which is worth (q - r) / (1 - r) at most where all answers were
    /// good, and the answer itself costs -log(1 - (q - r) / (1 - r)), which is more.
    /// </summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 1000)]
    public Property One_more_good_canary_answer_never_raises_harm_where_there_is_no_margin() => Prop.ForAll(
        (from c in Cases()
         from rates in Gen.Choose(1, 999).Two()
         select (c.Block, Rates: new Rates(rates.Item1 / 1000.0, rates.Item2 / 1000.0))).ToArbitrary(),
        c =>
            EValue.Log(Hypothesis.Harm, 0, c.Rates, c.Block with { Canary = c.Block.Canary + new ArmCounts(0, 1) })
                <= EValue.Log(Hypothesis.Harm, 0, c.Rates, c.Block) + 1e-9);

    [Test]
    public void One_more_good_canary_answer_can_raise_harm_where_there_is_a_margin()
    {
        var (guess, stable) = (new Rates(0.9998, 0.402), new ArmCounts(18, 29));
        double before = EValue.Log(Hypothesis.Harm, 0.5, guess, new Block(new ArmCounts(0, 22), stable));
        Assert.That(EValue.Log(Hypothesis.Harm, 0.5, guess, new Block(new ArmCounts(0, 23), stable)), Is.GreaterThan(before + 0.1));
    }

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 200)]
    public Property A_wider_margin_never_raises_harm_nor_lowers_safety_of_the_same_bet() => Prop.ForAll(
        (from c in Cases() from margins in Gen.Elements(0.0, 0.01, 0.02, 0.1, 0.3).Two() select (c, margins)).ToArbitrary(), x =>
        {
            var (narrow, wide) = (Math.Min(x.margins.Item1, x.margins.Item2), Math.Max(x.margins.Item1, x.margins.Item2));
            var harmful = new Rates(0.6, 0.1);
            var safe = new Rates(0.08, 0.1);
            return Expected(Hypothesis.Harm, wide, harmful) <= Expected(Hypothesis.Harm, narrow, harmful) + 1e-12
                && Expected(Hypothesis.Safety, wide, safe) >= Expected(Hypothesis.Safety, narrow, safe) - 1e-12;

            // What the bet grows by on average where the guess is right; a single block may well say otherwise.
            double Expected(Hypothesis hypothesis, double margin, Rates guess)
            {
                var nearest = guess.InNull(hypothesis, margin)
                    ? guess
                    : NullProjection.Project(guess, margin, x.c.Block.Canary.Total, x.c.Block.Stable.Total);
                return (x.c.Block.Canary.Total * Divergence(guess.Canary, nearest.Canary))
                    + (x.c.Block.Stable.Total * Divergence(guess.Stable, nearest.Stable));
            }
        });

    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 300)]
    public Property Intervals_rise_with_the_bad_ones_and_hold_what_was_observed() => Prop.ForAll(
        (from total in Gen.Choose(1, 5000)
         from bad in Gen.Choose(0, total - 1)
         from errorRate in Gen.Elements(0.1, 0.01, 1e-5)
         select (total, bad, errorRate)).ToArbitrary(),
        c =>
        {
            var fewer = RateSequence.Of(c.bad, c.total, c.errorRate);
            var more = RateSequence.Of(c.bad + 1, c.total, c.errorRate);
            var surer = RateSequence.Of(c.bad, c.total, c.errorRate / 10);
            double rate = (double)c.bad / c.total;
            return fewer.Low <= more.Low && fewer.High <= more.High && fewer.Low <= rate && rate <= fewer.High && surer.Low <= fewer.Low
                && fewer.High <= surer.High;
        });

    private static double Divergence(double p, double q) => (p * Math.Log(p / q)) + ((1 - p) * Math.Log((1 - p) / (1 - q)));

    private static GuardrailEvidence Close(Block[] history, Block last, Criterion criterion) =>
        history.Append(last).Aggregate(new GuardrailEvidence(), (e, block) => e.Collect(block).CloseBlock(criterion, isForced: true));

    private static Gen<Case> Cases() =>
        from count in Gen.Choose(1, 6)
        from history in Block(spare: 0).ArrayOf(count)
        from last in Block(spare: 1)
        from criterion in Gen.Elements(Criteria)
        select new Case(history, last, criterion);

    private static Gen<Block> Block(int spare) =>
        from canary in Arm(spare) from stable in Arm(spare) select new Block(canary, stable);

    private static Gen<ArmCounts> Arm(int spare) =>
        from total in Gen.Choose(1, 400) from bad in Gen.Choose(0, total - spare) select new ArmCounts(bad, total);

    private sealed record Case(Block[] History, Block Block, Criterion Criterion);
}
