namespace ModelOperator.Analysis.Tests;

public class EProcessTests
{
    private const int Effects = 8;

    [Test]
    public void It_starts_at_one()
    {
        Assert.That(new EProcess().LogValue(), Is.Zero.Within(1e-15));
    }

    [Test]
    public void Blocks_that_say_nothing_change_nothing()
    {
        var process = Enumerable.Range(0, 1000).Aggregate(new EProcess(), (p, _) => p.Multiply(new double[Effects]));
        Assert.That(process.LogValue(), Is.Zero.Within(1e-9));
    }

    [Test]
    public void It_is_a_mixture_of_the_products_begun_at_every_block_for_every_effect_size()
    {
        double[][] blocks = [.. Enumerable.Range(0, 5).Select(
            block => Enumerable.Range(0, Effects).Select(effect => Math.Sin((7 * block) + effect)).ToArray())];
        var process = blocks.Aggregate(new EProcess(), (p, logs) => p.Multiply(logs));
        double sum = 0;
        double left = 0.2;
        for (int start = 0; start < blocks.Length; start++)
        {
            double weight = start == 0 ? 0.8 : left * (start == 1 ? 0.25 : 0.2 / (start + 1));
            left -= start == 0 ? 0 : weight;
            sum += weight * Enumerable.Range(0, Effects).Average(effect => Math.Exp(blocks.Skip(start).Sum(logs => logs[effect])));
        }

        Assert.That(Math.Exp(process.LogValue()), Is.EqualTo(sum + left).Within(1e-12));
    }

    [Test]
    public void At_the_beginning_of_a_step_a_quarter_of_what_is_left_starts()
    {
        double[] block = [.. Enumerable.Repeat(2.0, Effects)];
        var before = Enumerable.Range(0, 10).Aggregate(new EProcess(), (p, _) => Same(p, -3));
        var after = before.BeginStep();
        Assert.Multiple(() =>
        {
            Assert.That(after.LogValue(), Is.EqualTo(before.LogValue()).Within(1e-12), "nothing was shown");
            Assert.That(after.Unstarted, Is.EqualTo(0.75 * before.Unstarted).Within(1e-15));
            Assert.That(
                after.Multiply(block).LogValue(),
                Is.GreaterThan(before.Multiply(block).LogValue() + 0.3),
                "a fault that begins here shows sooner");
            Assert.That(new EProcess().BeginStep(), Is.EqualTo(new EProcess()), "the first step begins with the rollout");
        });
    }

    [Test]
    public void A_block_that_is_cut_off_counts_so_much_and_no_more()
    {
        double[] wild = [.. Enumerable.Repeat(1e6, Effects)];
        var one = new EProcess().Multiply(wild, most: 3);
        Assert.Multiple(() =>
        {
            Assert.That(one.LogValue(), Is.EqualTo(Math.Log((0.8 * Math.Exp(3)) + 0.2)).Within(1e-12));
            Assert.That(one.LogValue(), Is.LessThan(Math.Log(20)), "no proof at 95 %");
            Assert.That(one.Multiply(wild, most: 3).LogValue(), Is.GreaterThan(Math.Log(100)), "two are, at 99 %");
        });
    }

    [Test]
    public void Early_losses_do_not_hide_later_evidence()
    {
        var process = Same(new EProcess(), -500);
        for (int i = 0; i < 10; i++)
        {
            process = Same(process, 1.5);
        }

        Assert.That(process.LogValue(), Is.GreaterThan(12));
    }

    [Test]
    public void The_peak_stays_when_the_evidence_falls()
    {
        var process = new EProcess().Show(6);
        Assert.That(process.Show(-20).LogPeak, Is.EqualTo(6));
    }

    [Test]
    public void Dispersion_never_adds_evidence()
    {
        var random = new Random(5);
        var process = new EProcess();
        for (int i = 0; i < 300; i++)
        {
            process = process.Multiply([.. Enumerable.Range(0, Effects).Select(_ => (random.NextDouble() * 4) - 2)]);
            Assert.That(process.LogValue(1 + (10 * random.NextDouble())), Is.LessThanOrEqualTo(process.LogValue() + 1e-12));
        }
    }

    [Test]
    public void Ten_thousand_strong_blocks_do_not_overflow([Values(1e6, 1e13, -1e13)] double log)
    {
        var process = Enumerable.Range(0, 10_000).Aggregate(new EProcess(), (p, _) => Same(p, log));
        Assert.That(double.IsFinite(process.LogValue()));
    }

    private static EProcess Same(EProcess process, double log) => process.Multiply([.. Enumerable.Repeat(log, Effects)]);
}
