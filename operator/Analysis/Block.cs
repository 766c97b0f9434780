using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>A 2x2 table: what both arms did in the same stretch of time.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Block(ArmCounts Canary, ArmCounts Stable)
{
    [JsonIgnore]
    internal bool IsWhole => Canary.IsWhole && Stable.IsWhole;

    public static Block operator +(Block left, Block right) => left.Add(right);

    public Block Add(Block other) => new(Canary + other.Canary, Stable + other.Stable);
}
