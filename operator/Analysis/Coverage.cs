using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// How many outcomes can still be true of each revision: as many as it made predictions whose outcome is not known. Outcomes beyond that
/// are of no prediction, whoever sent them, and are left out.
/// </summary>
public sealed record Coverage
{
    /// <summary>Predictions of the canary without an outcome.</summary>
    public long Canary { get; init; }

    /// <summary>Predictions of the stable revision without an outcome.</summary>
    public long Stable { get; init; }

    /// <summary>Outcomes that were left out.</summary>
    public long LeftOut { get; init; }

    // As with counts: sums of what was read do not overflow.
    [JsonIgnore]
    internal bool IsWhole => Canary is >= 0 and <= Most && Stable is >= 0 and <= Most && LeftOut is >= 0 and <= Most;

    private const long Most = long.MaxValue / 4;

    /// <summary>Adds predictions, then takes the outcomes that they cover.</summary>
    public (Coverage Left, Block Covered) Take(long canaryPredictions, long stablePredictions, Block outcomes)
    {
        var canary = Cut(outcomes.Canary, Math.Min(Most, Canary + canaryPredictions));
        var stable = Cut(outcomes.Stable, Math.Min(Most, Stable + stablePredictions));
        var left = new Coverage
        {
            Canary = Math.Min(Most, Canary + canaryPredictions) - canary.Total,
            Stable = Math.Min(Most, Stable + stablePredictions) - stable.Total,
            LeftOut = Math.Min(Most, LeftOut + outcomes.Canary.Total - canary.Total + outcomes.Stable.Total - stable.Total),
        };
        return (left, new Block(canary, stable));
    }

    // Which of them are of no prediction nobody can tell: bad and good ones go in proportion.
    private static ArmCounts Cut(ArmCounts outcomes, long most) => outcomes.Total <= most
        ? outcomes
        : new ArmCounts((long)Math.Round((double)outcomes.Bad / outcomes.Total * most), most);
}
