using System.Runtime.InteropServices;

namespace ModelOperator.Analysis;

/// <summary>What the canary's bad rate is held against: stable's own rate plus a margin, or a fixed limit.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Criterion
{
    private Criterion(double value, bool isLimit) => (Value, IsLimit) = (value, isLimit);

    /// <summary>The margin or the limit, a share from 0 to below 1.</summary>
    public double Value { get; }

    /// <summary>Whether the canary alone is judged.</summary>
    public bool IsLimit { get; }

    /// <summary>The canary's bad rate may exceed stable's by so much, from 0 to below 1.</summary>
    public static Criterion Margin(double share) => new(CheckShare(share, nameof(share)), isLimit: false);

    /// <summary>An absolute objective: the canary's bad rate may be so much, whatever stable does. From 0 to below 1.</summary>
    public static Criterion Limit(double share) => new(CheckShare(share, nameof(share)), isLimit: true);

    /// <summary>Whether a block has the arms that are compared.</summary>
    public bool IsMetBy(Block block) => block.Canary.Total > 0 && (IsLimit || block.Stable.Total > 0);

    internal static double CheckShare(double share, string name) => share is >= 0 and < 1
        ? share
        : throw new ArgumentOutOfRangeException(name, share, "A margin or limit is a share from 0 to below 1.");
}
