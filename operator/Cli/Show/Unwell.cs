using ModelOperator.Api;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Show;

/// <summary>The conditions that need somebody's attention.</summary>
internal static class Unwell
{
    // While the operator is on its way: that is no trouble, and the message of the status says the same.
    private static readonly string[] OnTheWay =
    [
        Reasons.Initializing,
        Reasons.RolloutInProgress,
        Reasons.EvaluationRunning,
        Reasons.Promoted,
        Reasons.RolledBack,
        Reasons.RolloutPaused,
    ];

    public static IEnumerable<string[]> Rows(ModelStatus status) => status.Conditions
        .Where(IsUnwell)
        .Select(condition => new[]
        {
            Words.Plain(condition.Type),
            Words.Plain(condition.Status),
            Cells.Text(condition.Reason),
            condition.Message == status.Message ? "see above" : Cells.Text(condition.Message),
        });

    private static bool IsUnwell(Condition condition) => condition.Type switch
    {
        ConditionTypes.Ready => condition.Status != "True" || condition.Reason == Reasons.StableDown,
        ConditionTypes.Progressing => condition.Status == "True" && !OnTheWay.Contains(condition.Reason),
        ConditionTypes.Stalled => condition.Status == "True",
        _ => false,
    };
}
