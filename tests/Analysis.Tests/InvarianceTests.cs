using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

/// <summary>What the evidence may depend on, and what it must not.</summary>
public class InvarianceTests
{
    private static readonly Criterion[] Criteria = [Criterion.Margin(0), Criterion.Margin(0.02), Criterion.Limit(0.05)];

    /// <summary>Only the closing of a block multiplies; a block is its sums, however many reports in whatever order they came in.</summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 200)]
    public Property Evidence_depends_on_the_sums_of_a_block_and_not_on_how_they_came_together() => Prop.ForAll(
        (from blocks in Blocks(1, 12) from parts in Blocks(1, 8) from criterion in Gen.Elements(Criteria) select (blocks, parts, criterion))
            .ToArbitrary(),
        c =>
        {
            var start = c.blocks.Aggregate(new GuardrailEvidence(), (e, block) => e.Collect(block).CloseBlock(c.criterion, isForced: true));
            var inOrder = c.parts.Aggregate(start, (e, part) => e.Collect(part)).CloseBlock(c.criterion, isForced: true);
            var reversed = c.parts.Reverse().Aggregate(start, (e, part) => e.Collect(default).Collect(part))
                .CloseBlock(c.criterion, isForced: true);
            var atOnce = start.Collect(c.parts.Aggregate((a, b) => a + b)).CloseBlock(c.criterion, isForced: true);
            return inOrder.Equals(atOnce) && reversed.Equals(atOnce);
        });

    /// <summary>Nothing happened, nothing is multiplied, and the weight that waits for later starts stays where it is.</summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 100)]
    public Property An_empty_block_changes_nothing() => Prop.ForAll(
        (from blocks in Blocks(0, 12) from criterion in Gen.Elements(Criteria) select (blocks, criterion)).ToArbitrary(),
        c =>
        {
            var start = c.blocks.Aggregate(new GuardrailEvidence(), (e, block) => e.Collect(block).CloseBlock(c.criterion, isForced: true));
            return start.CloseBlock(c.criterion, isForced: true).Equals(start) && start.CloseStableBlock().Equals(start);
        });

    /// <summary>A block without one of the arms compared bets nothing; what it shows of stable is learnt all the same.</summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 100)]
    public Property A_block_without_one_of_the_arms_bets_nothing() => Prop.ForAll(
        (from blocks in Blocks(1, 12)
         from one in Blocks(1, 1)
         from criterion in Gen.Elements(Criteria)
         select (blocks, one: one[0], criterion)).ToArbitrary(),
        c =>
        {
            var start = c.blocks.Aggregate(new GuardrailEvidence(), (e, block) => e.Collect(block).CloseBlock(c.criterion, isForced: true));
            var noCanary = start.Collect(c.one with { Canary = default }).CloseBlock(c.criterion, isForced: true);
            var noStable = start.Collect(c.one with { Stable = default }).CloseBlock(c.criterion, isForced: true);
            return noCanary.Harm == start.Harm && noCanary.HarmOfMany == start.HarmOfMany && noCanary.Step == start.Step
                && noCanary.Dispersion == start.Dispersion
                && noCanary.Base == start.Base.Learn(c.one.Stable)
                && (c.criterion.IsLimit
                    ? noStable.Harm.Bets == start.Harm.Bets + (c.one.Canary.Total > 0 ? 1 : 0)
                    : noStable.Harm == start.Harm);
        });

    /// <summary>
    /// In theory the e-value of two blocks together is the product of theirs where both have the same shares of canary and stable and the
    /// same guess: the nearest point of the null depends on nothing else. With other shares it is not, and the process as a whole never is
    /// invariant to merging, because it learns between blocks and may start anew at each.
    /// </summary>
    [FsCheck.NUnit.Property(Replay = "2026,1121", MaxTest = 500)]
    public Property Blocks_with_the_same_shares_and_guess_merge_into_their_product() => Prop.ForAll(
        (from one in Blocks(1, 1)
         from times in Gen.Choose(1, 50)
         from bad in Gen.Choose(0, 1000).Two()
         from criterion in Gen.Elements(Criteria)
         from hypothesis in Gen.Elements(Hypothesis.Harm, Hypothesis.Safety)
         from baseRate in Gen.Elements(0.001, 0.03, 0.4)
         select (one: one[0], times, bad, criterion, hypothesis, baseRate)).ToArbitrary(),
        c =>
        {
            ArmCounts Times(ArmCounts arm, int part) => new(arm.Total * c.times * part / 1000, arm.Total * c.times);
            var other = new Block(Times(c.one.Canary, c.bad.Item1), Times(c.one.Stable, c.bad.Item2));
            double[] Logs(Block block)
            {
                double[] logs = new double[EffectSizes.Count];
                Bets.Place(c.hypothesis, c.criterion, c.baseRate, block, logs);
                return logs;
            }

            if (!c.criterion.IsMetBy(c.one))
            {
                return true;
            }

            var (first, second, both) = (Logs(c.one), Logs(other), Logs(c.one + other));
            return Enumerable.Range(0, both.Length)
                .All(i => Math.Abs(first[i] + second[i] - both[i]) <= 1e-9 * Math.Max(1, Math.Abs(both[i])));
        });

    [Test]
    public void Blocks_with_other_shares_do_not_merge_into_their_product()
    {
        var (mostlyCanary, mostlyStable) = (
            new Block(new ArmCounts(8, 80), new ArmCounts(1, 20)), new Block(new ArmCounts(1, 20), new ArmCounts(2, 80)));
        var guess = new Rates(0.1, 0.03);
        double apart = EValue.Log(Hypothesis.Harm, 0, guess, mostlyCanary) + EValue.Log(Hypothesis.Harm, 0, guess, mostlyStable);
        Assert.That(EValue.Log(Hypothesis.Harm, 0, guess, mostlyCanary + mostlyStable), Is.Not.EqualTo(apart).Within(0.01));
    }

    private static Gen<Block[]> Blocks(int fewest, int most) =>
        from count in Gen.Choose(fewest, most)
        from blocks in (from canary in Arm() from stable in Arm() select new Block(canary, stable)).ArrayOf(count)
        select blocks;

    private static Gen<ArmCounts> Arm() =>
        from total in Gen.Frequency((1, Gen.Constant(0)), (9, Gen.Choose(1, 300)))
        from part in Gen.Choose(0, 20)
        select new ArmCounts(total * part / 100, total);
}
