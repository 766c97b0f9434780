using System.Runtime.InteropServices;

namespace ModelOperator.Analysis;

/// <summary>Bad rates of both arms, each strictly between 0 and 1.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Rates(double Canary, double Stable)
{
    /// <summary>The rate that stands for none at all: with 0 itself a single bad answer would be infinite evidence.</summary>
    public const double Least = 1e-9;

    /// <summary>Whether the pair lies in the null of the hypothesis.</summary>
    public bool InNull(Hypothesis hypothesis, double margin) => hypothesis == Hypothesis.Harm
        ? Canary <= Stable + margin
        : Canary >= Stable + margin;
}
