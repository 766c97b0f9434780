using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>Requests for which a revision was drawn by weight: those for the canary, and all.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Draws(long Canary, long Total)
{
    /// <summary>The canary's share, never quite 0 or 1: half a draw of each is added.</summary>
    [JsonIgnore]
    public double Share => (Canary + 0.5) / (Total + 1.0);

    // A quarter of what fits, so that sums of what was read do not overflow.
    [JsonIgnore]
    internal bool IsWhole => Canary >= 0 && Canary <= Total && Total <= long.MaxValue / 4;

    public static Draws operator +(Draws left, Draws right) => left.Add(right);

    public Draws Add(Draws other) => new(Canary + other.Canary, Total + other.Total);
}
