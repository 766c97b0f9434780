using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>Trials of one arm and how many of them were bad: wrong, slow or failed.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ArmCounts(long Bad, long Total)
{
    /// <summary>Share of bad ones; 0 when there were none at all.</summary>
    [JsonIgnore]
    public double Rate => Total == 0 ? 0 : (double)Bad / Total;

    // A quarter of what fits, so that sums of what was read do not overflow.
    [JsonIgnore]
    internal bool IsWhole => Bad >= 0 && Bad <= Total && Total <= long.MaxValue / 4;

    public static ArmCounts operator +(ArmCounts left, ArmCounts right) => left.Add(right);

    public ArmCounts Add(ArmCounts other) => new(Bad + other.Bad, Total + other.Total);
}
