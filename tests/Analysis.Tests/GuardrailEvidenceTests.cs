namespace ModelOperator.Analysis.Tests;

public class GuardrailEvidenceTests
{
    private static readonly Judge Strict = Judge.ForGuardrails(99, 1);
    private static readonly Criterion Margin = Criterion.Margin(0.02);

    [Test]
    public void The_error_rate_of_harm_is_shared_out_over_the_guardrails_and_that_of_safety_need_not_be()
    {
        var judge = Judge.ForGuardrails(95, 4);
        Assert.That(judge.HarmErrorRate, Is.EqualTo(0.0125).Within(1e-15));
        Assert.That(judge.SafetyErrorRate, Is.EqualTo(0.05).Within(1e-15));
    }

    [Test]
    public void Without_counts_there_is_no_verdict()
    {
        var onlyStable = new GuardrailEvidence().Collect(new Block(default, new ArmCounts(1, 1000))).CloseBlock(Margin);
        Assert.Multiple(() =>
        {
            Assert.That(Strict.Of(new GuardrailEvidence(), Margin).Verdict, Is.EqualTo(Verdict.NoData));
            Assert.That(Strict.Of(onlyStable, Margin).Verdict, Is.EqualTo(Verdict.NoData));
            Assert.That(Strict.Of(onlyStable, Margin, isLast: true).Verdict, Is.EqualTo(Verdict.NoData));
        });
    }

    [Test]
    public void What_is_not_decided_at_the_end_is_inconclusive()
    {
        var evidence = new GuardrailEvidence().Collect(new Block(new ArmCounts(0, 3), new ArmCounts(0, 3))).CloseBlock(Margin);
        Assert.Multiple(() =>
        {
            Assert.That(Strict.Of(evidence, Margin).Verdict, Is.EqualTo(Verdict.Continue));
            Assert.That(Strict.Of(evidence, Margin, isLast: true).Verdict, Is.EqualTo(Verdict.Inconclusive));
        });
    }

    [Test]
    public void A_canary_that_is_as_good_is_found_safe_and_one_that_is_worse_harmful()
    {
        var good = Play(0.03, 0.03, 0.02, blocks: 60, canaryTrials: 100, stableTrials: 300, new Random(1));
        var bad = Play(0.12, 0.03, 0.02, blocks: 60, canaryTrials: 100, stableTrials: 300, new Random(2));
        Assert.Multiple(() =>
        {
            Assert.That(Strict.Of(good, Margin).Verdict, Is.EqualTo(Verdict.Safe));
            Assert.That(Strict.Of(bad, Margin).Verdict, Is.EqualTo(Verdict.Harmful));
        });
    }

    [Test]
    public void A_canary_that_breaks_late_is_found_although_it_was_good_for_long()
    {
        var evidence = Play(0.01, 0.01, 0.01, blocks: 500, canaryTrials: 100, stableTrials: 100, new Random(3));
        Assert.That(Strict.Of(evidence, Margin).Verdict, Is.EqualTo(Verdict.Safe));
        var random = new Random(4);
        int blocks = 0;
        while (Strict.Of(evidence, Margin).Verdict != Verdict.Harmful && blocks++ < 100)
        {
            evidence = PlayBlock(evidence, 0.2, 0.01, 0.01, 100, 100, random);
        }

        Assert.That(blocks, Is.LessThan(20));
    }

    /// <summary>300 rollouts of one that is as good and one exactly at the margin, judged after each of 300 blocks.</summary>
    [TestCase(0.05, 0.05, 0.0, 10, 90)]
    [TestCase(0.05, 0.05, 0.0, 50, 50)]
    [TestCase(0.07, 0.05, 0.02, 25, 75)]
    [TestCase(0.01, 0.0, 0.01, 25, 75)]
    public void False_alarms_stay_below_alpha_however_often_one_looks(
        double canaryRate, double stableRate, double margin, int canaryTrials, int stableTrials)
    {
        var judge = Judge.ForGuardrails(90, 1);
        int harmful = 0;
        int safe = 0;
        const int Runs = 300;
        for (int run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var evidence = new GuardrailEvidence();
            bool isSafe = false;
            for (int block = 0; block < 300; block++)
            {
                evidence = Play(evidence, canaryRate, stableRate, margin, 1, canaryTrials, stableTrials, random);
                isSafe |= evidence.LogSafety(Criterion.Margin(margin)) >= -Math.Log(judge.SafetyErrorRate);
            }

            harmful += evidence.Harm.LogPeak >= -Math.Log(judge.HarmErrorRate) ? 1 : 0;
            safe += isSafe ? 1 : 0;
        }

        Assert.Multiple(() =>
        {
            // Both nulls hold at their common border.
            Assert.That(harmful, Is.LessThanOrEqualTo(Runs * judge.HarmErrorRate));
            Assert.That(safe, Is.LessThanOrEqualTo(Runs * judge.SafetyErrorRate));
        });
    }

    [Test]
    public void A_base_rate_that_swings_and_weights_that_change_do_not_confound()
    {
        int harmful = 0;
        for (int run = 0; run < 200; run++)
        {
            var random = new Random(run);
            var evidence = new GuardrailEvidence();
            for (int block = 0; block < 120; block++)
            {
                // Pooled over all blocks, the canary seems far worse: it got its requests in the bad hours.
                bool badHour = block >= 60;
                double rate = badHour ? 0.3 : 0.02;
                evidence = PlayBlock(evidence, rate, rate, 0.01, badHour ? 80 : 5, badHour ? 20 : 95, random);
            }

            Assert.That(evidence.Total.Canary.Rate, Is.GreaterThan(evidence.Total.Stable.Rate + 0.1));
            harmful += Judge.ForGuardrails(90, 1).Of(evidence, Margin).Verdict == Verdict.Harmful ? 1 : 0;
        }

        Assert.That(harmful, Is.LessThanOrEqualTo(20));
    }

    [Test]
    public void A_block_is_judged_by_what_was_known_before_it()
    {
        var terrible = new Block(new ArmCounts(100, 100), new ArmCounts(0, 100));
        var evidence = new GuardrailEvidence().Collect(terrible).CloseBlock(Margin);
        Assert.That(evidence.Harm.LogValue(), Is.Zero.Within(1e-12), "nothing was known before the first block");
        Assert.That(evidence.Collect(terrible).CloseBlock(Margin).Harm.LogValue(), Is.GreaterThan(50));
    }

    [Test]
    public void One_block_however_bad_is_no_proof_and_two_are()
    {
        var start = Play(0.01, 0.01, 0.02, blocks: 20, canaryTrials: 100, stableTrials: 300, new Random(5));
        var terrible = new Block(new ArmCounts(100, 100), new ArmCounts(3, 300));
        var one = start.Collect(terrible).CloseBlock(Margin);
        var two = Enumerable.Range(0, 4).Aggregate(one, (e, _) => e.Collect(terrible).CloseBlock(Margin));
        Assert.Multiple(() =>
        {
            Assert.That(Strict.Of(one, Margin).Verdict, Is.Not.EqualTo(Verdict.Harmful));
            Assert.That(Strict.Of(one, Margin).IsSuspicious, "nothing is promoted now");
            Assert.That(Strict.Of(two, Margin).Verdict, Is.EqualTo(Verdict.Harmful));
        });
    }

    [Test]
    public void Safety_at_one_step_says_nothing_of_the_next_and_a_fault_that_begins_with_it_is_found_at_once()
    {
        var safe = Play(0.01, 0.01, 0.02, blocks: 60, canaryTrials: 100, stableTrials: 300, new Random(6));
        Assert.That(Strict.Of(safe, Margin).Verdict, Is.EqualTo(Verdict.Safe));
        var next = safe.Enter(1);
        Assert.That(Strict.Of(next, Margin).Verdict, Is.EqualTo(Verdict.Continue));
        Assert.That(next.Enter(1), Is.EqualTo(next), "the same step again changes nothing");
        var bad = Play(next, 0.2, 0.01, 0.02, blocks: 4, canaryTrials: 100, stableTrials: 300, new Random(7));
        Assert.That(Strict.Of(bad, Margin).Verdict, Is.EqualTo(Verdict.Harmful));
    }

    /// <summary>19 % in the last blocks beside 5 % before was once "within the margin of 15 points".</summary>
    [Test]
    public void Good_blocks_at_first_do_not_make_up_for_bad_last_ones()
    {
        var criterion = Criterion.Margin(0.15);
        var evidence = Play(0.02, 0.01, 0.15, blocks: 30, canaryTrials: 100, stableTrials: 300, new Random(8));
        Assert.That(Strict.Of(evidence, criterion).Verdict, Is.EqualTo(Verdict.Safe));
        evidence = Play(evidence, 0.35, 0.01, 0.15, blocks: 2, canaryTrials: 100, stableTrials: 300, new Random(9));
        Assert.That(Strict.Of(evidence, criterion) is { Verdict: Verdict.Harmful } or { IsSuspicious: true }, "not to be promoted");
    }

    [Test]
    public void A_block_goes_on_until_the_canary_has_three_trials_or_half_an_hour_is_over()
    {
        var start = new GuardrailEvidence().Collect(new Block(default, new ArmCounts(1, 100))).CloseStableBlock();
        var two = start.Collect(new Block(new ArmCounts(0, 2), new ArmCounts(0, 20))).CloseBlock(Margin);
        var three = two.Collect(new Block(new ArmCounts(1, 1), new ArmCounts(0, 20))).CloseBlock(Margin);
        var late = Enumerable.Range(0, 179).Aggregate(two, (e, _) => e.CloseBlock(Margin));
        Assert.Multiple(() =>
        {
            Assert.That((two.Harm.Bets, two.Pending.Canary.Total), Is.EqualTo((0, 2)));
            Assert.That((three.Harm.Bets, three.Closed.Canary.Total, three.PendingIntervals), Is.EqualTo((1, 3, 0)));
            Assert.That((late.Harm.Bets, late.Closed.Canary.Total), Is.EqualTo((1, 2)));
        });
    }

    internal static GuardrailEvidence Play(
        double canaryRate, double stableRate, double margin, int blocks, int canaryTrials, int stableTrials, Random random) =>
        Play(new GuardrailEvidence(), canaryRate, stableRate, margin, blocks, canaryTrials, stableTrials, random);

    internal static GuardrailEvidence Play(
        GuardrailEvidence evidence, double canaryRate, double stableRate, double margin, int blocks, int canaryTrials, int stableTrials,
        Random random)
    {
        for (int i = 0; i < blocks; i++)
        {
            evidence = PlayBlock(evidence, canaryRate, stableRate, margin, canaryTrials, stableTrials, random);
        }

        return evidence;
    }

    private static GuardrailEvidence PlayBlock(
        GuardrailEvidence evidence, double canaryRate, double stableRate, double margin, int canaryTrials, int stableTrials,
        Random random) =>
        evidence.Collect(new Block(Draw(canaryRate, canaryTrials, random), Draw(stableRate, stableTrials, random)))
            .CloseBlock(Criterion.Margin(margin));

    private static ArmCounts Draw(double rate, int trials, Random random)
    {
        int bad = 0;
        for (int i = 0; i < trials; i++)
        {
            bad += random.NextDouble() < rate ? 1 : 0;
        }

        return new ArmCounts(bad, trials);
    }
}
