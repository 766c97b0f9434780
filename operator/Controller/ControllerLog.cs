namespace ModelOperator.Controller;

/// <summary>What the operator tells its log.</summary>
internal static partial class ControllerLog
{
    [LoggerMessage(1, LogLevel.Warning, "Router {Namespace}/{Pod} gave no usable report of {Model}: {Fault}")]
    public static partial void EvidenceReadFailed(this ILogger logger, string? @namespace, string pod, string model, string fault);

    [LoggerMessage(2, LogLevel.Information, "{Namespace}/{Model}: {Action} {Revision} ({Reason}): {Message}")]
    public static partial void Decided(
        this ILogger logger, string? @namespace, string model, string action, string revision, string reason, string message);

    [LoggerMessage(3, LogLevel.Warning, "{Namespace}/{Model} waits for somebody: {Reason}: {Message}")]
    public static partial void Blocked(this ILogger logger, string? @namespace, string model, string reason, string message);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "Routers cannot check tokens, and refuse feedback that names its revision: ClusterRoleBinding {Name}: {Fault}")]
    public static partial void ReviewsNotGranted(this ILogger logger, string name, string fault);

    [LoggerMessage(6, LogLevel.Warning, "Whether {User} may use what a ModelDeployment names is not known, so it was refused: {Fault}")]
    public static partial void RightsUnknown(this ILogger logger, string user, string fault);

    [LoggerMessage(7, LogLevel.Warning, "NetworkPolicy {Namespace}/{Name} is not as it should be, so more may connect: {Fault}")]
    public static partial void PolicyNotApplied(this ILogger logger, string? @namespace, string name, string fault);

    [LoggerMessage(4, LogLevel.Warning, "{Namespace}/{Model}: guardrail {Guardrail} has no data: {Fault}")]
    public static partial void SourceReadFailed(this ILogger logger, string? @namespace, string model, string guardrail, string fault);
}
