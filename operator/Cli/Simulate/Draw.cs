using System.Numerics;

namespace ModelOperator.Cli.Simulate;

/// <summary>Exact random draws from one seed: xoshiro256** of Blackman and Vigna, the same on every machine.</summary>
internal sealed class Draw
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>A source for one of many runs: each has its own, whatever the order they are made in.</summary>
    public Draw(int seed, int run)
    {
        ulong state = ((ulong)(uint)seed << 32) | (uint)run;
        (_a, _b, _c, _d) = (Mix(ref state), Mix(ref state), Mix(ref state), Mix(ref state));
    }

    /// <summary>From 0 to below 1.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Below the bound.</summary>
    public int Below(int bound) => (int)(Uniform() * bound);

    /// <summary>How many come in a time in which so many come on average.</summary>
    public int Poisson(double mean) => mean <= 0 ? 0 : Inversion.Poisson(Uniform(), mean);

    /// <summary>How many of so many trials go one way.</summary>
    public int Binomial(int trials, double rate) =>
        trials == 0 || rate <= 0 ? 0 : rate >= 1 ? trials : Inversion.Binomial(Uniform(), trials, rate);

    private ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    // SplitMix64 of Steele, Lea and Flood: what xoshiro's authors seed it with.
    private static ulong Mix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
