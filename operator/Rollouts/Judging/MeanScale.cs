using System.Globalization;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>Between a metric's own unit and the scale from 0 (best) to 1 (worst) that evidence from means is on.</summary>
internal sealed record MeanScale(double Minimum, double Maximum, bool IsHigherBetter)
{
    public static MeanScale Of(PrometheusMetric metric) => new(
        double.Parse(metric.MeanMinimum!, CultureInfo.InvariantCulture),
        double.Parse(metric.MeanMaximum!, CultureInfo.InvariantCulture),
        metric.Direction == MetricDirection.HigherIsBetter);

    /// <summary>Whether a mean is in the range.</summary>
    public bool Holds(double mean) => mean >= Minimum && mean <= Maximum;

    /// <summary>A mean on the scale; beyond the range is at its end.</summary>
    public double ToBadness(double mean)
    {
        double share = Math.Clamp((mean - Minimum) / (Maximum - Minimum), 0, 1);
        return IsHigherBetter ? 1 - share : share;
    }

    /// <summary>A number on the scale in the metric's own unit, with four digits.</summary>
    public string Text(double badness)
    {
        double share = IsHigherBetter ? 1 - badness : badness;
        return (Minimum + (share * (Maximum - Minimum))).ToString("G4", CultureInfo.InvariantCulture);
    }
}
