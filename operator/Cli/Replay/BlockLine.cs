using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>A line of the input: what both revisions did in one stretch of time.</summary>
/// <param name="Time">When it was, in seconds from any start.</param>
/// <param name="Guardrail">What was measured.</param>
/// <param name="Canary">Counts of the canary; null before the rollout.</param>
/// <param name="Stable">Counts of the stable revision; null where only the canary is judged.</param>
/// <param name="Step">
/// Which step of the rollout it belongs to, from 0; -1 while the weights moved; null where the stream does not say.
/// </param>
internal sealed record BlockLine(double Time, string Guardrail, ArmCounts? Canary, ArmCounts? Stable, int? Step);
