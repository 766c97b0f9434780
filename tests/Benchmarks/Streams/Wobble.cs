namespace ModelOperator.Benchmarks.Streams;

/// <summary>
/// A factor with mean 1 that moves around: the exponential of a first-order autoregressive process, so that bad rates rise and fall in
/// bursts.
/// </summary>
internal sealed class Wobble
{
    private readonly double _persistence;
    private readonly double _variance;
    private readonly Draw _draw;
    private double _state;

    public Wobble(double persistence, double variance, Draw draw)
    {
        (_persistence, _variance, _draw) = (persistence, variance, draw);
        _state = draw.Normal();
    }

    public double Next()
    {
        if (_variance == 0)
        {
            return 1;
        }

        _state = (_persistence * _state) + (Math.Sqrt(1 - (_persistence * _persistence)) * _draw.Normal());
        return Math.Exp((Math.Sqrt(_variance) * _state) - (_variance / 2));
    }

    /// <summary>
    /// The variance of the logarithm with which block rates, their binomial noise included, show this lag-1 autocorrelation; the smallest,
    /// where there are several, and the one that comes nearest, where there is none.
    /// </summary>
    public static double VarianceFor(double autocorrelation, double persistence, double rate, int trials)
    {
        if (autocorrelation == 0)
        {
            return 0;
        }

        double noise = (1 - rate) / (trials * rate);
        double Observed(double v) => (Math.Exp(v * persistence) - 1) / (Math.Exp(v) - 1 + noise);
        double best = 0;
        for (double v = 0.001; v < 6; v *= 1.002)
        {
            if (Observed(v) >= autocorrelation)
            {
                return v;
            }

            best = Observed(v) > Observed(Math.Max(best, 1e-9)) ? v : best;
        }

        return best;
    }
}
