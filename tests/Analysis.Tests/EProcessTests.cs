namespace ModelOperator.Analysis.Tests;

public class EProcessTests
{
    [Test]
    public void It_starts_at_one()
    {
        Assert.That(new EProcess().LogValue(), Is.Zero.Within(1e-15));
    }

    [Test]
    public void Blocks_that_say_nothing_change_nothing()
    {
        var process = Enumerable.Range(0, 1000).Aggregate(new EProcess(), (p, _) => p.Multiply(0));
        Assert.That(process.LogValue(), Is.Zero.Within(1e-9));
    }

    [Test]
    public void It_is_a_mixture_of_the_products_begun_at_every_block()
    {
        double[] logs = [0.4, -1.2, 0.9, 2.0, -0.3];
        var process = logs.Aggregate(new EProcess(), (p, log) => p.Multiply(log));
        double sum = 0;
        double weights = 0;
        for (int start = 0; start < logs.Length; start++)
        {
            double weight = start == 0 ? 0.5 : 0.5 / (start * (start + 1));
            weights += weight;
            sum += weight * Math.Exp(logs.Skip(start).Sum());
        }

        Assert.That(Math.Exp(process.LogValue()), Is.EqualTo(sum + 1 - weights).Within(1e-12));
    }

    [Test]
    public void Early_losses_do_not_hide_later_evidence()
    {
        var process = new EProcess().Multiply(-500);
        for (int i = 0; i < 10; i++)
        {
            process = process.Multiply(1.5);
        }

        Assert.That(process.LogValue(), Is.GreaterThan(12));
    }

    [Test]
    public void The_peak_stays_when_the_evidence_falls()
    {
        var process = new EProcess().Multiply(6);
        double peak = process.LogPeak;
        Assert.Multiple(() =>
        {
            Assert.That(peak, Is.GreaterThan(5));
            Assert.That(process.Multiply(-20).LogPeak, Is.EqualTo(peak));
        });
    }

    [Test]
    public void Ten_thousand_strong_blocks_do_not_overflow()
    {
        var process = Enumerable.Range(0, 10_000).Aggregate(new EProcess(), (p, _) => p.Multiply(1e6));
        Assert.That(double.IsFinite(process.LogValue()));
    }
}
