using ModelOperator.Cli.Simulate;

namespace ModelOperator.Benchmarks.Streams;

/// <summary>Exact random draws from one seeded source.</summary>
internal sealed class Draw(int seed)
{
#pragma warning disable CA5394 // Reproducible, not secret.
    private readonly Random _random = new(seed);

    public double Uniform() => _random.NextDouble();
#pragma warning restore CA5394

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>How many of so many trials are bad.</summary>
    public int Binomial(int trials, double rate) =>
        trials == 0 || rate <= 0 ? 0 : rate >= 1 ? trials : Inversion.Binomial(Uniform(), trials, rate);
}
