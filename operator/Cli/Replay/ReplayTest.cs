using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>How one guardrail is judged.</summary>
/// <param name="Criterion">What the canary is held against.</param>
/// <param name="Measure">What is counted, in words.</param>
/// <param name="WarnsOnly">Whether the verdict as a whole leaves it out.</param>
internal sealed record ReplayTest(Criterion Criterion, Measure Measure, bool WarnsOnly = false);
