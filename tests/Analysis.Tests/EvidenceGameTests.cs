namespace ModelOperator.Analysis.Tests;

/// <summary>
/// The guarantee as a game: an opponent sees all evidence so far and then sets the rates of the next block, anywhere in the null. Whatever
/// the opponent does, what is to be expected of the evidence is never above what it is. By Ville's inequality nothing else is needed.
/// Everything a block can show is gone through, from every state that earlier blocks can leave.
/// </summary>
public class EvidenceGameTests
{
    private const double Slack = 1e-12;
    private static readonly double[] Rates = [0, 0.001, 0.02, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.98, 1];

    [Test]
    public void No_rates_within_a_margin_or_limit_raise_the_evidence_of_a_guardrail(
        [Values(0.0, 0.02, 0.3)] double value, [Values] bool isLimit, [Values(1, 4)] int canary, [Values(1, 3)] int stable)
    {
        var criterion = isLimit ? Criterion.Limit(value) : Criterion.Margin(value);
        var start = new GuardrailEvidence().Collect(new Block(default, new ArmCounts(1, 12))).CloseStableBlock();
        Block[] outcomes = [.. Outcomes.Of(canary, stable)];
        Rates[] all = [.. from c in Rates.Append(value) from s in Rates select new Rates(c, s)];
        Rates[] pairs = isLimit ? all : [.. all, .. Rates.Where(s => s + value <= 1).Select(s => new Rates(s + value, s))];
        foreach (var state in Reachable(
            start, (evidence, block) => evidence.Collect(block).CloseBlock(criterion, isForced: true), outcomes, depth: 2))
        {
            var next = Array.ConvertAll(outcomes, block => state.Collect(block).CloseBlock(criterion, isForced: true));
            double[] harm = Array.ConvertAll(next, e => Math.Exp(e.Harm.LogValue()));
            double[] ofMany = Array.ConvertAll(next, e => Math.Exp(e.HarmOfMany.LogValue()));
            foreach (var truth in pairs.Where(truth => isLimit ? truth.Canary <= value : truth.InNull(Hypothesis.Harm, value)))
            {
                double[] chances = Array.ConvertAll(outcomes, block => Outcomes.Probability(block, truth));
                AssertFair(harm, chances, state.Harm.LogValue(), $"harm, {truth}");
                AssertFair(ofMany, chances, state.HarmOfMany.LogValue(), $"harm of many, {truth}");
            }
        }
    }

    /// <summary>
    /// Safety is about the average of a step: an opponent may choose any rates for each of three blocks, some far inside the criterion, as
    /// long as the averages are beyond it. What is to be expected of the evidence is one at most.
    /// </summary>
    [Test]
    public void No_rates_that_are_beyond_on_average_are_expected_to_look_safe(
        [Values(0.0, 0.02, 0.3)] double value, [Values] bool isLimit, [Values(1, 3)] int canary, [Values(1, 2)] int stable)
    {
        const int Blocks = 3;
        var criterion = isLimit ? Criterion.Limit(value) : Criterion.Margin(value);
        Block[] outcomes = [.. Outcomes.Of(canary, stable)];
        var evidence = Reach(Blocks);
        double[] few = [0, 0.05, 0.3, 0.6, 1];
        var courses = from a in few from b in few from c in few select new[] { a, b, c };
        double most = 0;
        foreach (double[] canaries in courses)
        {
            // With a limit stable's rates play no part.
            foreach (double[] stables in isLimit
                ? [[0.3, 0.3, 0.3]]
                : courses.Where(course => canaries.Average() >= course.Average() + value - 1e-12))
            {
                if (isLimit && canaries.Average() < value - 1e-12)
                {
                    continue;
                }

                double expected = Expected(canaries, stables);
                most = Math.Max(most, expected);
                if (expected > 1 + 1e-9)
                {
                    Assert.Fail($"{expected:R} with {string.Join(' ', canaries)} against {string.Join(' ', stables)}");
                }
            }
        }

        Assert.That(most, Is.GreaterThan(0.1), "the game was played");

        double Expected(double[] canaries, double[] stables)
        {
            double[][] chances = [.. Enumerable.Range(0, Blocks).Select(
                i => Array.ConvertAll(outcomes, block => Outcomes.Probability(block, new Rates(canaries[i], stables[i]))))];
            double sum = 0;
            for (int course = 0; course < evidence.Length; course++)
            {
                double chance = 1;
                for (int i = 0, rest = course; i < Blocks; i++, rest /= outcomes.Length)
                {
                    chance *= chances[i][rest % outcomes.Length];
                }

                sum += chance * evidence[course];
            }

            return sum;
        }

        double[] Reach(int blocks)
        {
            double[] values = new double[(int)Math.Pow(outcomes.Length, blocks)];
            for (int course = 0; course < values.Length; course++)
            {
                var step = new StepEvidence();
                for (int i = 0, rest = course; i < blocks; i++, rest /= outcomes.Length)
                {
                    step = step.Add(outcomes[rest % outcomes.Length], baseRate: 0.1);
                }

                values[course] = Math.Exp(step.LogSafety(criterion, 1));
            }

            return values;
        }
    }

    [Test]
    public void No_chances_within_the_margin_raise_the_evidence_of_pairs([Values(0.0, 0.05, 0.3)] double margin, [Values(1, 3)] int pairs)
    {
        (int Canary, int Stable)[] outcomes = [.. from c in Enumerable.Range(0, pairs + 1)
                                                  from s in Enumerable.Range(0, pairs + 1 - c)
                                                  select (c, s)];
        foreach (var state in Reachable(
            new PairedEvidence(), (evidence, o) => evidence.Add(pairs, o.Canary, o.Stable, margin), outcomes, depth: 3))
        {
            var next = Array.ConvertAll(outcomes, o => state.Add(pairs, o.Canary, o.Stable, margin));
            double[] harm = Array.ConvertAll(next, e => Math.Exp(e.Harm.LogValue()));
            double[] safety = Array.ConvertAll(next, e => Math.Exp(e.Safety.LogValue()));
            foreach (double onlyStable in Rates)
            {
                foreach (double onlyCanary in Rates.Append(onlyStable + margin).Where(c => c + onlyStable <= 1))
                {
                    double[] chances = Array.ConvertAll(outcomes, o => Trinomial(pairs, o.Canary, o.Stable, onlyCanary, onlyStable));
                    if (onlyCanary <= onlyStable + margin)
                    {
                        AssertFair(harm, chances, state.Harm.LogValue(), $"harm, {onlyCanary} {onlyStable}");
                    }

                    if (onlyCanary >= onlyStable + margin)
                    {
                        AssertFair(safety, chances, state.Safety.LogValue(), $"safety, {onlyCanary} {onlyStable}");
                    }
                }
            }
        }
    }

    /// <summary>
    /// Means may be anything between 0 and 1 and depend on each other. The expectation of a bet is linear in their distribution, so those
    /// on two points, whose mean is at the margin, are the worst there are; three points for good measure.
    /// </summary>
    [Test]
    public void No_distribution_within_the_margin_raises_the_evidence_of_means([Values(0.0, 0.05, 0.4)] double margin)
    {
        double[] means = [0, 0.1, 0.5, 0.55, 1];
        (double Canary, double Stable)[] outcomes = [.. from c in means from s in means select (c, s)];
        (double Canary, double Stable)[] few = [(0, 1), (0.5, 0.55), (1, 0), (0.1, 0.1)];
        foreach (var state in Reachable(new MeanEvidence(), (evidence, o) => evidence.Add(o.Canary, o.Stable, margin), few, depth: 3))
        {
            var next = Array.ConvertAll(outcomes, o => state.Add(o.Canary, o.Stable, margin));
            double[] harm = Array.ConvertAll(next, e => Math.Exp(e.Harm.LogValue()));
            double[] safety = Array.ConvertAll(next, e => Math.Exp(e.Safety.LogValue()));
            double Beyond(int i) => outcomes[i].Canary - outcomes[i].Stable - margin;
            foreach (var (low, high) in from i in Enumerable.Range(0, outcomes.Length)
                                        from j in Enumerable.Range(0, outcomes.Length)
                                        where Beyond(i) <= 0 && Beyond(j) > 0
                                        select (i, j))
            {
                // At the margin, which lies in both nulls; a third point there changes nothing, one inside makes the bet worse.
                double chance = -Beyond(low) / (Beyond(high) - Beyond(low));
                int third = (7 * low + (3 * high)) % outcomes.Length;
                foreach (double part in new[] { 0, 0.3 })
                {
                    double[] chances = new double[outcomes.Length];
                    chances[high] += chance * (1 - part);
                    chances[low] += (1 - chance) * (1 - part);
                    chances[third] += part;
                    if (part == 0 || Beyond(third) <= 0)
                    {
                        AssertFair(harm, chances, state.Harm.LogValue(), "harm");
                    }

                    if (part == 0 || Beyond(third) >= 0)
                    {
                        AssertFair(safety, chances, state.Safety.LogValue(), "safety");
                    }
                }
            }
        }
    }

    /// <summary>Looking after each of seven blocks, over all 16,384 courses they can take.</summary>
    [Test]
    public void The_chance_of_ever_reaching_one_in_alpha_is_at_most_alpha(
        [Values(0.05, 0.3, 0.5)] double rate, [Values(0.5, 0.2, 0.05)] double alpha)
    {
        var start = new GuardrailEvidence().Collect(new Block(default, new ArmCounts(3, 10))).CloseStableBlock();
        Block[] outcomes = [.. Outcomes.Of(1, 1)];
        double[] chances = Array.ConvertAll(outcomes, block => Outcomes.Probability(block, new Rates(rate, rate)));
        var (harm, safety) = Ever(start, 1, 7);
        Assert.Multiple(() =>
        {
            Assert.That(harm, Is.LessThanOrEqualTo(alpha));
            Assert.That(safety, Is.LessThanOrEqualTo(alpha));
        });

        (double Harm, double Safety) Ever(GuardrailEvidence evidence, double chance, int blocks, bool wasSafe = false)
        {
            bool isHarm = evidence.Harm.LogPeak >= -Math.Log(alpha);
            bool isSafe = wasSafe || evidence.LogSafety(Criterion.Margin(0)) >= -Math.Log(alpha);
            if (blocks == 0 || chance == 0 || (isHarm && isSafe))
            {
                return (isHarm ? chance : 0, isSafe ? chance : 0);
            }

            var sum = (Harm: 0.0, Safety: 0.0);
            for (int i = 0; i < outcomes.Length; i++)
            {
                var (h, s) = Ever(
                    evidence.Collect(outcomes[i]).CloseBlock(Criterion.Margin(0), isForced: true), chance * chances[i], blocks - 1, isSafe);
                sum = (sum.Harm + h, sum.Safety + s);
            }

            return sum;
        }
    }

    private static IEnumerable<TState> Reachable<TState, TOutcome>(
        TState start, Func<TState, TOutcome, TState> play, TOutcome[] outcomes, int depth) =>
        depth == 0 ? [start] : outcomes.SelectMany(outcome => Reachable(play(start, outcome), play, outcomes, depth - 1)).Prepend(start);

    private static void AssertFair(double[] values, double[] chances, double logNow, string message)
    {
        double expected = 0;
        for (int i = 0; i < values.Length; i++)
        {
            expected += values[i] * chances[i];
        }

        if (expected > Math.Exp(logNow) * (1 + Slack))
        {
            Assert.Fail($"{message}: {expected:R} is expected of {Math.Exp(logNow):R}");
        }
    }

    private static double Trinomial(int trials, int first, int second, double firstRate, double secondRate) => secondRate >= 1
        ? (second == trials ? 1 : 0)
        : Outcomes.Binomial(trials, second, secondRate)
            * Outcomes.Binomial(trials - second, first, Math.Min(1, firstRate / (1 - secondRate)));
}
