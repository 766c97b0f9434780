namespace ModelOperator.Analysis.Tests;

/// <summary>
/// A target that follows stable is its quantile also where stable becomes another: it was starting, its load or its machine changed.
/// </summary>
public class MovingTargetTests
{
    // Ten times slower, at two percent a bucket.
    private const int TenTimes = 116;
    private const int Level = 250;
    private const double Quantile = 0.9;
    private const double Nominal = 1 - Quantile;

    private static readonly Criterion Margin = Criterion.Margin(0.15);
    private static readonly Judge Judge = Judge.ForGuardrails(99, 3);

    /// <summary>Of very many ten to twenty thousand are remembered.</summary>
    [TestCase(200, 200, 200)]
    [TestCase(2000, 2000, 2000)]
    [TestCase(40_000, 9000, 11_000)]
    public void A_start_that_was_cold_is_given_up_after_as_many_answers_that_were_not(int cold, int least, int most)
    {
        var random = new Random(1);
        var target = Learn(LatencyTarget.Following(Quantile), random, cold, Level + TenTimes);
        Assert.That(target.Bucket, Is.GreaterThan(Level + TenTimes));

        int learnt = 0;
        do
        {
            target = Learn(target, random, 200, Level);
            learnt += 200;
        }
        while (target.IsInDoubt);

        Assert.That(learnt, Is.InRange(least, most));
        Assert.That(Share(target, random, Level), Is.EqualTo(Nominal).Within(0.05));
    }

    [Test]
    public void Too_few_to_tell_leave_it_and_are_kept_until_they_are_enough()
    {
        var random = new Random(2);
        var cold = LatencyTarget.Following(Quantile).Learn(Latencies(random, 150, Level + TenTimes)).Settle();

        var target = Enumerable.Range(0, 19).Aggregate(cold, (before, _) => before.Learn(Latencies(random, 10, Level)).Settle());

        Assert.That((target.Bucket, target.IsInDoubt), Is.EqualTo((cold.Bucket, false)));
        Assert.That(target.Learn(Latencies(random, 10, Level)).Settle().Bucket, Is.LessThan(Level + TenTimes));
        Assert.That(target.Settle(), Is.EqualTo(target), "no answers move nothing");
    }

    [Test]
    public void A_hiccup_puts_it_in_doubt_until_the_next_answers()
    {
        var random = new Random(3);
        var known = Learn(LatencyTarget.Following(Quantile), random, 10_000, Level);

        var hiccup = known.Learn(Latencies(random, 500, Level + TenTimes)).Settle();
        var after = hiccup.Learn(Latencies(random, 500, Level)).Settle();

        Assert.Multiple(() =>
        {
            Assert.That(hiccup.Against, Is.EqualTo(-500));
            Assert.That(after.IsInDoubt, Is.False);
            Assert.That(Share(after, random, Level), Is.EqualTo(Nominal).Within(0.06));
        });
    }

    [TestCase(TenTimes)]
    [TestCase(-TenTimes)]
    public void What_lasts_is_no_hiccup(int change)
    {
        var random = new Random(4);
        var target = Learn(Learn(LatencyTarget.Following(Quantile), random, 5000, Level), random, 5200, Level + change);

        Assert.That(target.IsInDoubt, Is.False);
        Assert.That(Share(target, random, Level + change), Is.InRange(0.05, 0.3));
    }

    [Test]
    public void Answers_that_take_all_the_same_time_are_no_reason_to_learn_anew()
    {
        var target = LatencyTarget.Following(Quantile).Learn([(Level, 500)]).Settle();
        for (int i = 0; i < 10; i++)
        {
            target = target.Learn([(Level, 500)]).Settle();
        }

        Assert.That((target.Bucket, target.Stable!.Total), Is.EqualTo((Level, 5500)));
    }

    /// <summary>Stable is another every so often, up to ten times faster or slower; blocks are of 30 to 600 answers.</summary>
    [FsCheck.NUnit.Property(Replay = "2026,1129", MaxTest = 40)]
    public bool The_share_of_stable_s_answers_over_it_comes_back_near_to_what_the_quantile_says(int seed)
    {
        var random = new Random(seed);
        var target = LatencyTarget.Following(Quantile);
        for (int era = 0; era < 6; era++)
        {
            int level = Level + random.Next(-TenTimes, TenTimes);
            int size = random.Next(30, 600);
            var counted = new ArmCounts();
            for (int learnt = 0; learnt < 16_000; learnt += size)
            {
                // After as many answers as are remembered at most.
                var stable = Latencies(random, size, level);
                counted += learnt > 12_000 ? target.Count(stable) : default;
                target = target.Learn(stable).Settle();
            }

            if (counted.Rate is < Nominal / 6 or > 4 * Nominal)
            {
                return false;
            }
        }

        return true;
    }

    [Test]
    public void A_target_learnt_anew_is_no_wobble_and_the_next_block_is_bet_on()
    {
        var random = new Random(5);
        var evidence = Enumerable.Range(0, 10).Aggregate(Start(), (before, _) => StableBlock(before, random, Level + TenTimes));

        evidence = Enumerable.Range(0, 10).Aggregate(evidence, (before, _) => StableBlock(before, random, Level));

        Assert.That(evidence.Base.Guess(), Is.EqualTo(Nominal).Within(0.05));
        for (int i = 0; i < 30; i++)
        {
            evidence = Block(evidence, random, Level, Level);
        }

        Assert.That((evidence.Harm.Bets, evidence.Dispersion.Factor()), Is.EqualTo((30, 1.0)));
    }

    [Test]
    public void What_was_safe_under_a_target_that_hid_it_is_found_harmful_under_the_right_one()
    {
        var random = new Random(6);
        var evidence = Enumerable.Range(0, 4).Aggregate(Start(), (before, _) => StableBlock(before, random, Level + TenTimes));
        for (int i = 0; i < 4; i++)
        {
            evidence = Block(evidence, random, Level + TenTimes, Level + TenTimes);
        }

        Assert.That(Judge.Of(evidence, Margin).Verdict, Is.EqualTo(Verdict.Safe));

        // Stable is warm from here on, and its canary four times slower than that.
        var verdicts = new List<Verdict>();
        for (int i = 0; i < 12; i++)
        {
            evidence = Block(evidence, random, Level + 70, Level);
            verdicts.Add(Judge.Of(evidence, Margin).Verdict);
        }

        Assert.That(verdicts, Has.None.EqualTo(Verdict.Safe));
        Assert.That(verdicts[^1], Is.EqualTo(Verdict.Harmful));
    }

    /// <summary>
    /// Canaries as fast as stable, while both become faster and slower together: what a block is judged by is fixed before it, so that
    /// moving it costs no false alarm. Judged after each of 100 blocks, at margin 0 and an error rate of 5 %.
    /// </summary>
    [Test]
    public void A_target_that_moves_raises_no_false_alarms()
    {
        const int Runs = 200;
        var judge = Judge.ForGuardrails(95, 1);
        int harmful = 0;
        for (int run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var evidence = Start();
            int level = Level + TenTimes;
            for (int block = 0; block < 100; block++)
            {
                level = random.Next(15) == 0 ? Level + random.Next(-TenTimes, TenTimes) : level;
                evidence = Block(evidence, random, level, level, Criterion.Margin(0), 40, 160);
            }

            harmful += judge.Of(evidence, Criterion.Margin(0)).Verdict == Verdict.Harmful ? 1 : 0;
        }

        Assert.That(harmful, Is.LessThanOrEqualTo(0.05 * Runs));
    }

    private static LatencyTarget Learn(LatencyTarget target, Random random, int answers, int level)
    {
        for (int left = answers; left > 0; left -= 200)
        {
            target = target.Learn(Latencies(random, Math.Min(left, 200), level)).Settle();
        }

        return target;
    }

    private static GuardrailEvidence Start() => new() { Latency = LatencyTarget.Following(Quantile) };

    private static GuardrailEvidence StableBlock(GuardrailEvidence evidence, Random random, int level)
    {
        var stable = Latencies(random, 500, level);
        return (evidence.Collect(new Block(default, evidence.Latency!.Count(stable))) with { Latency = evidence.Latency.Learn(stable) })
            .CloseStableBlock();
    }

    private static GuardrailEvidence Block(GuardrailEvidence evidence, Random random, int canaryLevel, int stableLevel) =>
        Block(evidence, random, canaryLevel, stableLevel, Margin, 50, 450);

    private static GuardrailEvidence Block(
        GuardrailEvidence evidence, Random random, int canaryLevel, int stableLevel, Criterion criterion, int canaryRequests,
        int stableRequests)
    {
        var stable = Latencies(random, stableRequests, stableLevel);
        var counts = new Block(evidence.Latency!.Count(Latencies(random, canaryRequests, canaryLevel)), evidence.Latency.Count(stable));
        return (evidence.Collect(counts) with { Latency = evidence.Latency.Learn(stable) }).CloseBlock(criterion);
    }

    private static double Share(LatencyTarget target, Random random, int level) => target.Count(Latencies(random, 20_000, level)).Rate;

    private static List<(int Bucket, long Count)> Latencies(Random random, int count, int level) =>
        [.. Enumerable.Range(0, count).CountBy(_ => level + (int)(25 * -Math.Log(1 - random.NextDouble())))
            .Select(pair => (pair.Key, (long)pair.Value))];
}
