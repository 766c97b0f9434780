using FsCheck;
using FsCheck.Fluent;

namespace ModelOperator.Analysis.Tests;

/// <summary>Requests that are not split as the table says are found, and a split that is right is left alone.</summary>
public class SplitEvidenceTests
{
    private const double Allowed = 0.02;
    private const int Minute = 60;
    private const int Day = 24 * 60;

    [FsCheck.NUnit.Property(Replay = "2026,1129", MaxTest = 300)]
    public Property Its_expectation_never_grows_while_the_share_is_one_that_is_allowed() => Prop.ForAll(Games(), game =>
    {
        var before = game.History.Aggregate(
            new SplitEvidence(), (evidence, block) => evidence.Collect(block.Weight, block.Draws).CloseBlock());
        if (before.IsSkewed)
        {
            return true;
        }

        double expectation = Enumerable.Range(0, game.Size + 1).Sum(canary =>
            Outcomes.Binomial(game.Size, canary, game.Share)
                * Math.Exp(before.Collect(game.Weight, new Draws(canary, game.Size)).CloseBlock().LogValue()));
        return expectation <= Math.Exp(before.LogValue()) * (1 + 1e-9);
    });

    [TestCase(0.2, 5)]
    [TestCase(5, 1)]
    [TestCase(5, 25)]
    [TestCase(50, 50)]
    [TestCase(500, 5)]
    [TestCase(500, 95)]
    public void No_day_of_independent_draws_at_the_right_weight_looks_skewed_in_two_hundred(double perSecond, int weight)
    {
        int skewed = Enumerable.Range(1, 200).AsParallel().Count(seed =>
        {
            var random = new Random(seed);
            var evidence = new SplitEvidence();
            for (int minute = 0; minute < Day && !evidence.IsSkewed; minute++)
            {
                evidence = evidence.Collect(weight, Draw(weight / 100.0, perSecond * Minute, random)).CloseBlock();
            }

            return evidence.IsSkewed;
        });

        // One in 1,000 may; of these 1,200 in six cells none does.
        Assert.That(skewed, Is.Zero);
    }

    [Test]
    public void Draws_by_permuted_blocks_never_look_skewed_however_often_blocks_start_anew()
    {
        int skewed = Enumerable.Range(1, 50).AsParallel().Count(seed =>
        {
            var random = new Random(seed);
            var evidence = new SplitEvidence();
            int[] order = [.. Enumerable.Range(0, 100)];
            for (int minute = 0; minute < Day && !evidence.IsSkewed; minute++)
            {
                random.Shuffle(order);
                int drawn = random.Next(1, 101);
                evidence = evidence.Collect(25, new Draws(order.Take(drawn).Count(place => place < 25), drawn)).CloseBlock();
            }

            return evidence.IsSkewed;
        });

        Assert.That(skewed, Is.Zero);
    }

    [TestCase(
        25, 5, 0, 800, TestName = "One of two routers that is stuck at 5 percent is found within 800 draws of the step to 25 percent")]
    [TestCase(
        25, 5, 4320, 1500,
        TestName = "One of two routers that falls back to 5 percent after twelve hours at 25 percent is found within 1,500 draws")]
    [TestCase(
        50, 25, 0, 800, TestName = "One of two routers that is stuck at 25 percent is found within 800 draws of the step to 50 percent")]
    [TestCase(
        5, 0, 0, 3000, TestName = "One of two routers that never got the canary is found within 3,000 draws of the step to 5 percent")]
    [TestCase(
        100, 50, 0, 60, TestName = "One of two routers that is stuck at 50 percent is found within 60 draws of the step to 100 percent")]
    public void It_is_found(int weight, int stuckAt, int blocksBefore, int draws)
    {
        const int Block = 50;
        double share = (weight + stuckAt) / 200.0;
        int[] found = [.. Enumerable.Range(1, 200).AsParallel().Select(seed =>
        {
            var random = new Random(seed);
            var evidence = new SplitEvidence();
            for (int i = 0; i < blocksBefore; i++)
            {
                evidence = evidence.Collect(weight, Draw(weight / 100.0, Block, random)).CloseBlock();
            }

            Assert.That(evidence.IsSkewed, Is.False);
            int after = 0;
            for (; !evidence.IsSkewed && after < 10 * draws; after += Block)
            {
                evidence = evidence.Collect(weight, Exactly(share, Block, random)).CloseBlock();
            }

            return after;
        }).Order()];

        TestContext.Out.WriteLine($"median {found[100]}, 99 of 100 within {found[197]}");
        Assert.That(found[197], Is.LessThanOrEqualTo(draws));
    }

    [Test]
    public void A_share_that_is_off_by_a_fiftieth_of_its_odds_is_allowed_with_any_traffic_and_one_that_is_off_by_a_tenth_is_not()
    {
        Assert.Multiple(() =>
        {
            foreach (double sign in new[] { -1, 1 })
            {
                Assert.That(Long(sign * 0.99 * Allowed).IsSkewed, Is.False, "the allowed deviation");
                Assert.That(Long(sign * 0.1).IsSkewed, "beyond it");
            }
        });

        static SplitEvidence Long(double logOddsRatio)
        {
            const long Size = 10_000_000;
            double share = Share(Math.Log(25.0 / 75) + logOddsRatio);
            return Enumerable.Range(0, 100).Aggregate(
                new SplitEvidence(),
                (evidence, _) => evidence.IsSkewed ? evidence : evidence.Collect(25, new Draws((long)(Size * share), Size)).CloseBlock());
        }
    }

    [Test]
    public void While_the_skew_lasts_it_stays_and_ends_by_itself_within_thousand_draws_of_the_right_split()
    {
        var random = new Random(1);
        var evidence = Skewed(random);
        for (int i = 0; i < 5000; i++)
        {
            evidence = evidence.Collect(25, Exactly(0.15, 50, random)).CloseBlock();
            Assert.That(evidence.IsSkewed, $"block {i}");
        }

        int draws = 0;
        for (; evidence.IsSkewed && draws < 10_000; draws += 50)
        {
            evidence = evidence.Collect(25, Exactly(0.25, 50, random)).CloseBlock();
        }

        Assert.That(draws, Is.LessThanOrEqualTo(1000));
        Assert.That(evidence, Is.EqualTo(new SplitEvidence { Weight = 25 }), "all begins anew");
    }

    [Test]
    public void A_skew_outlives_a_change_of_the_weight_and_ends_with_the_right_split_at_the_new_one()
    {
        var random = new Random(2);
        var evidence = Skewed(random);
        evidence = Enumerable.Range(0, 100).Aggregate(evidence, (e, _) => e.Collect(50, Exactly(0.3, 50, random)).CloseBlock());
        Assert.That(evidence.IsSkewed);
        Assert.That(evidence.Seen.Total, Is.LessThanOrEqualTo(5000), "what was seen at the other weight is not shown");

        evidence = Enumerable.Range(0, 20).Aggregate(evidence, (e, _) => e.Collect(50, Exactly(0.5, 50, random)).CloseBlock());
        Assert.That(evidence.IsSkewed, Is.False);
    }

    [Test]
    public void A_skew_stays_while_nothing_is_drawn_and_ends_where_requests_are_answered_and_no_router_says_what_it_drew()
    {
        var evidence = Skewed(new Random(3));
        Assert.That(evidence.Collect(25, default).CloseBlock().CloseBlock().IsSkewed, "no requests");
        Assert.That(evidence.CollectNothing().Collect(25, new Draws(15, 100)).CloseBlock().IsSkewed, "another router says it");
        Assert.That(evidence.CollectNothing().CloseBlock(), Is.EqualTo(new SplitEvidence()));
        Assert.That(new SplitEvidence().CollectNothing().CloseBlock(), Is.EqualTo(new SplitEvidence()));
    }

    [Test]
    public void With_all_requests_for_the_canary_no_number_of_draws_of_it_looks_skewed()
    {
        var evidence = Enumerable.Range(0, 1000)
            .Aggregate(new SplitEvidence(), (e, _) => e.Collect(100, new Draws(1_000_000, 1_000_000)).CloseBlock());
        Assert.That((evidence.IsSkewed, evidence.LogValue() < 1), Is.EqualTo((false, true)));
    }

    [Test]
    public void What_is_shown_are_the_last_draws()
    {
        var evidence = Enumerable.Range(0, 1000)
            .Aggregate(new SplitEvidence(), (e, i) => e.Collect(25, new Draws(12 + (i % 2), 50)).CloseBlock());
        Assert.That(evidence.Seen.Total, Is.InRange(500, 1050));
        Assert.That(evidence.Seen.Share, Is.EqualTo(0.25).Within(0.01));
    }

    [Test]
    public void Its_state_is_small_and_reads_back_as_it_was()
    {
        var evidence = Skewed(new Random(4)).Collect(25, new Draws(3, 17)).CollectNothing();
        string text = GuardrailEvidenceJson.Write(evidence);
        Assert.That(GuardrailEvidenceJson.ReadSplit(text), Is.EqualTo(evidence));
        Assert.That(text, Has.Length.LessThan(600));
    }

    [Test]
    public void Thousands_of_weights_exhaust_nothing()
    {
        var evidence = Enumerable.Range(0, 5000)
            .Aggregate(new SplitEvidence(), (e, i) => e.Collect(25 + (i % 2), new Draws(25, 100)).CloseBlock());
        Assert.That(GuardrailEvidenceJson.ReadSplit(GuardrailEvidenceJson.Write(evidence)), Is.EqualTo(evidence));
    }

    private static SplitEvidence Skewed(Random random)
    {
        var evidence = new SplitEvidence();
        while (!evidence.IsSkewed)
        {
            evidence = evidence.Collect(25, Exactly(0.15, 50, random)).CloseBlock();
        }

        return evidence;
    }

    /// <summary>As many requests as come by chance, each drawn by itself.</summary>
    private static Draws Draw(double share, double expected, Random random)
    {
        int total = expected < 100 ? Poisson(expected, random) : (int)expected;
        return Exactly(share, total, random);
    }

    private static Draws Exactly(double share, int total, Random random) => new(Sample(share, total, random), total);

    private static int Sample(double share, int total, Random random)
    {
        if (total < 1000)
        {
            return Enumerable.Range(0, total).Count(_ => random.NextDouble() < share);
        }

        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (int)Math.Clamp(Math.Round((total * share) + (normal * Math.Sqrt(total * share * (1 - share)))), 0, total);
    }

    private static int Poisson(double mean, Random random)
    {
        int count = -1;
        for (double product = 1, least = Math.Exp(-mean); product > least; count++)
        {
            product *= random.NextDouble();
        }

        return Math.Max(0, count);
    }

    private static double Share(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static Arbitrary<Game> Games() =>
        (from weight in Gen.Choose(1, 100)
         from history in Blocks(weight).ListOf(12)
         from size in Gen.Choose(1, 40)
         from off in Gen.Choose(-1000, 1000)
         select new Game(weight, [.. history], size, Share(Math.Log(Odds(weight)) + (Allowed * off / 1000.0)))).ToArbitrary();

    private static double Odds(int weight) => Math.Min(weight / 100.0, 0.999) / (1 - Math.Min(weight / 100.0, 0.999));

    // Now and then at another weight, and near the right share, so that histories that end in a skew are few.
    private static Gen<(int Weight, Draws Draws)> Blocks(int weight) =>
        from now in Gen.Frequency((9, Gen.Constant(weight)), (1, Gen.Choose(1, 100)))
        from total in Gen.Choose(0, 60)
        from stray in Gen.Choose(-4, 4)
        select (now, new Draws(Math.Clamp((total * now / 100) + stray, 0, total), total));

    private sealed record Game(int Weight, (int Weight, Draws Draws)[] History, int Size, double Share);
}
