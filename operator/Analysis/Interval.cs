using System.Runtime.InteropServices;

namespace ModelOperator.Analysis;

/// <summary>Where a difference or a rate lies, at every time at once with the stated confidence.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Low, double High);
