namespace ModelOperator.Analysis;

/// <summary>A verdict and what it rests on.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="IsSuspicious">Halfway to harmful: no time to give the canary more traffic.</param>
/// <param name="HarmOdds">At most 1 in so many canaries within the margin would ever look this bad.</param>
/// <param name="SafetyOdds">At most 1 in so many canaries beyond the margin would ever look this good.</param>
/// <param name="Interval">
/// Where the difference of the bad rates (with a limit, the canary's bad rate) lies, at all times at once with the rollout's confidence.
/// </param>
public sealed record Judgement(Verdict Verdict, bool IsSuspicious, double HarmOdds, double SafetyOdds, Interval Interval);
