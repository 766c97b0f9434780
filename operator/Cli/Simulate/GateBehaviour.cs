using ModelOperator.Analysis;

namespace ModelOperator.Cli.Simulate;

/// <summary>What a webhook or a Job says, and how long after the canary's first request.</summary>
internal sealed record GateBehaviour(Verdict Verdict, int AfterSeconds);
