namespace ModelOperator.Cli.Simulate;

/// <summary>
/// A factor with mean 1 that wanders: the exponential of a first-order autoregressive process, so that bad shares and latencies rise and
/// fall in bursts.
/// </summary>
internal sealed class Wobble
{
    /// <summary>How much of it lasts from one interval to the next.</summary>
    public const double Persistence = 0.9;

    private readonly Draw _draw;
    private readonly double _variance;
    private double _state;

    /// <summary>A wobble with a standard deviation, relative to what wobbles.</summary>
    public Wobble(double deviation, Draw draw)
    {
        _draw = draw;
        _variance = Math.Log(1 + (deviation * deviation));
        _state = _variance > 0 ? draw.Normal() : 0;
    }

    /// <summary>The factor of the next interval.</summary>
    public double Next()
    {
        if (_variance <= 0)
        {
            return 1;
        }

        _state = (Persistence * _state) + (Math.Sqrt(1 - (Persistence * Persistence)) * _draw.Normal());
        return Math.Exp((Math.Sqrt(_variance) * _state) - (_variance / 2));
    }
}
