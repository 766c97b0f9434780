namespace ModelOperator.Analysis.Tests;

/// <summary>
/// What the variances that dispersion is measured by are, against complete enumeration and against the whole series at once.
/// </summary>
public class VarianceTests
{
    [Test]
    public void The_contrast_of_both_arms_has_mean_zero_and_the_stated_variance(
        [Values(1, 4, 30)] int canary, [Values(1, 7, 60)] int stable, [Values(0.02, 0.3)] double share)
    {
        int bad = Math.Max(1, (int)(share * (canary + stable)));
        double[] chances = [.. Enumerable.Range(0, canary + 1).Select(
            c => c > bad || bad - c > stable ? 0 : Ways(canary, c) * Ways(stable, bad - c) / Ways(canary + stable, bad))];
        var contrasts = Enumerable.Range(0, canary + 1)
            .Select(c => Contrast.Of(new Block(new ArmCounts(c, canary), new ArmCounts(bad - c, stable)))).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(chances.Sum(), Is.EqualTo(1).Within(1e-9));
            Assert.That(chances.Zip(contrasts, (p, c) => p * c.Excess).Sum(), Is.Zero.Within(1e-9));
            Assert.That(chances.Zip(contrasts, (p, c) => p * c.Excess * c.Excess).Sum(), Is.EqualTo(contrasts[0].Variance).Within(1e-9));
            Assert.That(contrasts[0].Size, Is.EqualTo(1 / ((1.0 / canary) + (1.0 / stable))).Within(1e-12));
        });
    }

    /// <summary>Few bad answers are far from normal; by how much decides what is beyond chance.</summary>
    [Test]
    public void The_square_over_the_variance_has_mean_one_and_varies_as_two_and_one_over_the_variance_at_most(
        [Values(5, 50, 400)] int trials, [Values(0.001, 0.01, 0.1, 0.5)] double rate)
    {
        double mean = 0;
        double second = 0;
        double variance = trials * rate * (1 - rate);
        for (int bad = 0; bad <= trials; bad++)
        {
            var contrast = Contrast.Of(new ArmCounts(bad, trials), rate);
            Assert.That(contrast.Variance, Is.EqualTo(variance).Within(1e-12));
            double ratio = contrast.Excess * contrast.Excess / contrast.Variance;
            double chance = Outcomes.Binomial(trials, bad, rate);
            mean += chance * ratio;
            second += chance * ratio * ratio;
        }

        Assert.That(mean, Is.EqualTo(1).Within(1e-9));
        Assert.That(
            second - (mean * mean),
            Is.EqualTo(2 + ((1 - (6 * rate * (1 - rate))) / variance)).Within(1e-6).And.LessThanOrEqualTo(2 + (1 / variance)));
    }

    /// <summary>
    /// Over everything that three batches of independent requests can show the squares have mean one: exactly were it not for those that
    /// show nothing.
    /// </summary>
    [Test]
    public void Second_differences_of_independent_requests_have_mean_one([Values(20, 100)] int trials, [Values(0.05, 0.3)] double rate)
    {
        var draw = new ModelOperator.Benchmarks.Streams.Draw(3);
        var state = Enumerable.Range(0, 4000).Aggregate(new SecondDifferences(1), (s, i) =>
        {
            int size = i % 7 == 0 ? trials * 5 : trials;
            return s.Add(new ArmCounts(draw.Binomial(size, rate), size));
        });
        Assert.That(state.State[6] / state.State[5], Is.EqualTo(1).Within(0.12));
        Assert.That(state.Ratio(1).IsSure, Is.False);
    }

    [Test]
    public void A_rate_that_rises_steadily_does_not_show_and_one_that_jumps_to_and_fro_does()
    {
        SecondDifferences Of(Func<int, double> rate) => Enumerable.Range(0, 2000).Aggregate(
            new SecondDifferences(9), (s, i) => s.Add(new ArmCounts((long)(10_000 * rate(i)), 10_000)));
        Assert.Multiple(() =>
        {
            Assert.That(Of(i => 0.01 + (0.00001 * i)).Ratio(9).IsSure, Is.False);
            Assert.That(Of(i => i / 8 % 2 == 0 ? 0.01 : 0.02).Ratio(9).Factor, Is.GreaterThan(10));
        });
    }

    [Test]
    public void One_incident_does_not_pass_for_how_things_always_are()
    {
        var draw = new ModelOperator.Benchmarks.Streams.Draw(4);
        var state = Enumerable.Range(0, 2160).Aggregate(
            new SecondDifferences(9), (s, i) => s.Add(new ArmCounts(draw.Binomial(500, i is >= 1800 and < 1830 ? 0.5 : 0.01), 500)));
        Assert.That(state.Ratio(9).IsSure, Is.False);
    }

    [Test]
    public void Longer_bursts_ask_for_longer_batches()
    {
        int Length(int burst) => Enumerable.Range(0, 4000).Aggregate(
            new SecondDifferences(9), (s, i) => s.Add(new ArmCounts(i / burst % 3 == 0 ? 30 : 10, 1000))).LogLengthOfBursts(9);
        Assert.That(Length(1), Is.LessThan(Length(8)));
        Assert.That(Length(8), Is.LessThan(Length(64)));
    }

    [Test]
    public void Batch_differences_in_one_pass_are_those_of_the_whole_series([Values(1, 2, 3, 7, 64, 100, 3000)] int blocks)
    {
        var series = Series(blocks, 18);
        var batches = series.Aggregate(new BatchDifferences(11), (state, contrast) => state.Add(contrast));
        var expected = VarianceRatio.None;
        for (int k = 0; k < 11; k++)
        {
            var scale = Batches(series, 1 << k).ToList();
            var pairs = scale.Skip(1).Zip(scale).Where(pair => pair.First.Variance + pair.Second.Variance > 0).ToList();
            if (pairs.Count > 0)
            {
                double squares = 0;
                int count = 0;
                foreach (var (late, early) in pairs)
                {
                    squares += Math.Min(
                        Math.Pow(late.Excess - early.Excess, 2) / (late.Variance + early.Variance), VarianceRatio.MostOf(squares, count++));
                }

                expected = expected.Or(
                    squares / count, pairs.Count * 2 / 3.0, pairs.Average(pair => pair.First.Variance + pair.Second.Variance));
            }
        }

        Assert.That(batches.Ratio().IsSure, Is.EqualTo(expected.IsSure));
        Assert.That(batches.Ratio().Factor, Is.EqualTo(expected.Factor).Within(1e-9));
    }

    [Test]
    public void A_constant_difference_does_not_show_in_batch_differences()
    {
        var alike = Enumerable.Repeat(new Contrast(3, 2, 10), 2000)
            .Aggregate(new BatchDifferences(11), (state, contrast) => state.Add(contrast));
        Assert.That(alike.Ratio(), Is.EqualTo(VarianceRatio.None));
    }

    [Test]
    public void Fading_halves_the_weight_of_the_past_and_keeps_its_means()
    {
        var state = Enumerable.Range(0, 4322).Aggregate(new SecondDifferences(1), (s, i) => s.Add(new ArmCounts(5 + (i % 3), 500)));
        var next = state.Add(new ArmCounts(6, 500));
        Assert.Multiple(() =>
        {
            Assert.That((state.State[5], next.State[5]), Is.EqualTo((4320.0, 2161.0)));
            Assert.That(next.State[6] / next.State[5], Is.EqualTo(state.State[6] / state.State[5]).Within(0.01));
        });
    }

    [Test]
    public void A_ratio_of_few_squares_says_nothing_and_one_of_many_does()
    {
        Assert.Multiple(() =>
        {
            Assert.That(VarianceRatio.None.Or(1000, 2.9, 5), Is.EqualTo(VarianceRatio.None));
            Assert.That(VarianceRatio.None.Or(1000, 100, 0), Is.EqualTo(VarianceRatio.None));
            Assert.That(VarianceRatio.None.Or(1.3, 100, 50).IsSure, Is.False);
            Assert.That(VarianceRatio.None.Or(1.3, 1000, 50).IsSure);
            Assert.That(VarianceRatio.None.Or(1.3, 1000, 0.01).IsSure, Is.False, "few bad answers");
            Assert.That(VarianceRatio.None.Or(0.2, 1000, 50).Factor, Is.EqualTo(1));
            Assert.That(VarianceRatio.None.Or(3, 200, 50).Or(2, 200, 50), Is.EqualTo(VarianceRatio.None.Or(2, 200, 50).Or(3, 200, 50)));
            Assert.That(VarianceRatio.None.Or(3, 200, 50).Factor, Is.EqualTo(3 * 1.2).Within(1e-12));
        });
    }

    private static IEnumerable<Contrast> Batches(List<Contrast> series, int size) => series
        .Chunk(size)
        .Where(chunk => chunk.Length == size)
        .Select(chunk => new Contrast(chunk.Sum(c => c.Excess), chunk.Sum(c => c.Variance), 0));

    // Now and then a block that shows nothing.
    private static List<Contrast> Series(int blocks, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, blocks).Select(
            _ => random.Next(10) == 0 ? default : new Contrast((random.NextDouble() * 8) - 3.5, 0.5 + random.NextDouble(), 1))];
    }

    private static double Ways(int all, int chosen)
    {
        double ways = 1;
        for (int i = 1; i <= chosen; i++)
        {
            ways *= (double)(all - chosen + i) / i;
        }

        return ways;
    }
}
