using System.Runtime.InteropServices;

namespace ModelOperator.Analysis;

/// <summary>A 2x2 table: what both arms did in the same stretch of time.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Block(ArmCounts Canary, ArmCounts Stable)
{
    public static Block operator +(Block left, Block right) => left.Add(right);

    public Block Add(Block other) => new(Canary + other.Canary, Stable + other.Stable);
}
