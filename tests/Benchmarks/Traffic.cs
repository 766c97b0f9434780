namespace ModelOperator.Benchmarks;

/// <summary>The traffic every comparison is made at.</summary>
internal static class Traffic
{
    public static readonly (int Rate, double Share)[] All =
        [.. from rate in new[] { 5, 10, 50, 200 } from share in new[] { 0.1, 0.5 } select (rate, share)];

    public static string Name(int rate, double share) => FormattableString.Invariant($"{rate}/s, {100 * share:0} %");
}
