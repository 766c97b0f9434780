namespace ModelOperator.Analysis.Tests;

/// <summary>What the variances that dispersion is measured by are, against complete enumeration and against the whole series at once.</summary>
public class VarianceTests
{
    [Test]
    public void The_contrast_of_both_arms_has_mean_zero_and_the_stated_variance([Values(1, 4, 30)] int canary, [Values(1, 7, 60)] int stable, [Values(0.02, 0.3)] double share)
    {
        int bad = Math.Max(1, (int)(share * (canary + stable)));
        double[] chances = [.. Enumerable.Range(0, canary + 1).Select(c => c > bad || bad - c > stable ? 0 : Ways(canary, c) * Ways(stable, bad - c) / Ways(canary + stable, bad))];
        var contrasts = Enumerable.Range(0, canary + 1).Select(c => Contrast.Of(new Block(new ArmCounts(c, canary), new ArmCounts(bad - c, stable)))).ToArray();
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
        Assert.That(second - (mean * mean), Is.EqualTo(2 + ((1 - (6 * rate * (1 - rate))) / variance)).Within(1e-6).And.LessThanOrEqualTo(2 + (1 / variance)));
    }

    [Test]
    public void Batch_means_in_one_pass_are_those_of_the_whole_series([Values(1, 2, 3, 7, 64, 100, 1000)] int blocks)
    {
        var series = Series(blocks, 17);
        var batches = series.Aggregate(new BatchMeans(7), (state, contrast) => state.Add(contrast));
        var expected = VarianceRatio.None;
        foreach (var scale in Enumerable.Range(0, 7).Select(k => Batches(series, 1 << k).Where(b => b.Variance > 0).ToList()).Where(scale => scale.Count > 1))
        {
            // The residual of the best fit of one rate to all batches.
            double rate = scale.Sum(b => b.Excess) / scale.Sum(b => b.Variance);
            double residual = scale.Sum(b => (b.Excess - (rate * b.Variance)) * (b.Excess - (rate * b.Variance)) / b.Variance);
            expected = expected.Or(residual / (scale.Count - 1), scale.Count - 1, scale.Average(b => b.Variance));
        }

        Assert.That(batches.Ratio().IsSure, Is.EqualTo(expected.IsSure));
        Assert.That(batches.Ratio().Factor, Is.EqualTo(expected.Factor).Within(1e-9));
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
                double Square((Contrast Late, Contrast Early) pair) => Math.Pow(pair.Late.Excess - pair.Early.Excess, 2) / (pair.Late.Variance + pair.Early.Variance);
                expected = expected.Or(pairs.Average(Square), pairs.Count * 2 / 3.0, pairs.Average(pair => pair.First.Variance + pair.Second.Variance));
            }
        }

        Assert.That(batches.Ratio().IsSure, Is.EqualTo(expected.IsSure));
        Assert.That(batches.Ratio().Factor, Is.EqualTo(expected.Factor).Within(1e-9));
    }

    [Test]
    public void A_constant_difference_does_not_show_in_batch_differences()
    {
        var alike = Enumerable.Repeat(new Contrast(3, 2, 10), 2000).Aggregate(new BatchDifferences(11), (state, contrast) => state.Add(contrast));
        Assert.That(alike.Ratio(), Is.EqualTo(VarianceRatio.None));
    }

    [Test]
    public void Fading_halves_the_weight_of_the_past_and_keeps_its_means()
    {
        const int Memory = 4320;
        var series = Series(Memory, 19).ConvertAll(c => c with { Variance = c.Variance + 0.1 });
        var before = series.Take(Memory - 1).Aggregate(new BatchMeans(7), (state, contrast) => state.Add(contrast));
        var after = before.Add(series[^1]);
        double[] sums = [Memory, series.Sum(c => c.Excess), series.Sum(c => c.Variance), series.Sum(c => c.Excess * c.Excess / c.Variance)];
        Assert.Multiple(() =>
        {
            // Batches, excess, variance and squares of single blocks, after the three numbers that pair up batches.
            Assert.That(after.State.Values[3..7].ToArray(), Is.EqualTo(sums.Select(sum => sum / 2)).Within(1e-9));
            Assert.That(before.State[3], Is.EqualTo(Memory - 1));
            Assert.That(after.State.Values[..3].ToArray(), Is.EqualTo([Memory, series[^1].Excess, series[^1].Variance]), "what pairs up batches goes on");
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
        return [.. Enumerable.Range(0, blocks).Select(_ => random.Next(10) == 0 ? default : new Contrast((random.NextDouble() * 8) - 3.5, 0.5 + random.NextDouble(), 1))];
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
