using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol;

/// <summary>How far from the truth a number still is right: within one of the two distances.</summary>
/// <param name="Absolute">A distance.</param>
/// <param name="Percent">A distance in percent of the truth's size.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Tolerance(double Absolute, double Percent)
{
    /// <summary>Reads 0.5, 5% or 0.5,5%; null when it is none of these.</summary>
    public static Tolerance? Parse(string? text)
    {
        string[] parts = text?.Split(',') ?? [];
        return parts switch
        {
            [var one] when one.EndsWith('%') => Number(one[..^1]) is { } percent ? new Tolerance(0, percent) : null,
            [var one] => Number(one) is { } absolute ? new Tolerance(absolute, 0) : null,
            [var first, var second] when second.EndsWith('%') =>
                Number(first) is { } absolute && Number(second[..^1]) is { } percent ? new Tolerance(absolute, percent) : null,
            _ => null,
        };
    }

    /// <summary>Whether a prediction is right. One that is no finite number never is.</summary>
    public bool Allows(double prediction, double truth) =>
        double.IsFinite(prediction) && Math.Abs(prediction - truth) <= Math.Max(Absolute, Math.Abs(truth) * Percent / 100);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Absolute:R},{Percent:R}%");

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number) && number >= 0
            ? number
            : null;
}
