namespace ModelOperator.Analysis;

/// <summary>What an e-process tests: the null it gathers evidence against.</summary>
public enum Hypothesis
{
    /// <summary>Evidence for harm; the null is that the canary's bad rate exceeds stable's by the margin at most.</summary>
    Harm,

    /// <summary>Evidence for safety; the null is that the canary's bad rate exceeds stable's by the margin or more.</summary>
    Safety,
}
