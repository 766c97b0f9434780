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
        double[][] blocks = [.. Enumerable.Range(0, 5).Select(block => Enumerable.Range(0, Effects).Select(effect => Math.Sin((7 * block) + effect)).ToArray())];
        var process = blocks.Aggregate(new EProcess(), (p, logs) => p.Multiply(logs));
        double sum = 0;
        double weights = 0;
        for (int start = 0; start < blocks.Length; start++)
        {
            double weight = start == 0 ? 0.8 : 0.2 / (start * (start + 1));
            weights += weight;
            sum += weight * Enumerable.Range(0, Effects).Average(effect => Math.Exp(blocks.Skip(start).Sum(logs => logs[effect])));
        }

        Assert.That(Math.Exp(process.LogValue()), Is.EqualTo(sum + 1 - weights).Within(1e-12));
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
