namespace ModelOperator.Analysis;

/// <summary>What the evidence says of one guardrail.</summary>
public enum Verdict
{
    /// <summary>Neither harm nor safety is shown yet.</summary>
    Continue,

    /// <summary>The canary is shown to be worse than the margin allows.</summary>
    Harmful,

    /// <summary>The canary is shown to be no worse than the margin allows.</summary>
    Safe,

    /// <summary>The time is over and neither was shown.</summary>
    Inconclusive,

    /// <summary>An arm has no counts at all: neither pass nor fail.</summary>
    NoData,
}
