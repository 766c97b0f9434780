using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>How one guardrail is judged.</summary>
/// <param name="Criterion">What the canary is held against.</param>
/// <param name="Measure">What is counted, in words.</param>
internal sealed record ReplayTest(Criterion Criterion, Measure Measure);
