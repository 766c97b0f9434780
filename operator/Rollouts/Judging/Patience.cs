using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// How long a client must have waited before its going away counts as a failed request. It is the slowest latency target in force: a client
/// that goes away sooner says nothing of the model. It is a tenth of a second at least, because clients that ask twice and take the first
/// answer cancel the other at once. Where the canary is compared with stable it is a second at most: whatever makes clients impatient, it
/// makes them so for both. It is fixed within a block as targets are.
/// </summary>
internal static class Patience
{
    private static readonly int Shortest = LatencyBuckets.Index(TimeSpan.FromMilliseconds(100));
    private static readonly int Longest = LatencyBuckets.Index(TimeSpan.FromSeconds(1));

    /// <summary>The last bucket that is no failure.</summary>
    /// <param name="guardrail">The guardrail that counts.</param>
    /// <param name="all">The guardrails of the rollout.</param>
    public static int Of(EffectiveGuardrail guardrail, IEnumerable<KnownGuardrail> all)
    {
        int target = all.OfType<CountedGuardrail>().Max(known => known.Evidence.Latency?.Bucket) ?? Shortest;
        return Math.Max(Shortest, guardrail.Limit is null ? Math.Min(target, Longest) : target);
    }
}
