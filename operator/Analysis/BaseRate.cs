using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// What the past says of the stable revision's bad rate: the point the bets on the next block start from. The memory is bounded, so that it
/// follows the day.
/// </summary>
public sealed record BaseRate
{
    /// <summary>Trials that are remembered; older ones fade.</summary>
    public const double Memory = 5000;

    public double Bad { get; init; }

    public double Total { get; init; }

    // Fading rounds: the bad ones of nothing but bad ones may come out a trifle more than all.
    [JsonIgnore]
    internal bool IsWhole => Bad >= 0 && Bad <= Total * (1 + 1e-9) && Total <= Memory;

    /// <summary>
    /// The guess, strictly between 0 and 1; null before anything has been seen, because then there is nothing to start from.
    /// </summary>
    public double? Guess() => Total > 0 ? (Bad + 0.5) / (Total + 1) : null;

    /// <summary>The rate with more counts known.</summary>
    public BaseRate Learn(ArmCounts counts)
    {
        double bad = Bad + counts.Bad;
        double total = Total + counts.Total;
        return total <= Memory ? new BaseRate { Bad = bad, Total = total } : new BaseRate { Bad = bad * Memory / total, Total = Memory };
    }
}
