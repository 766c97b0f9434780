namespace ModelOperator.Controller;

/// <summary>What the operator tells its log.</summary>
internal static partial class ControllerLog
{
    [LoggerMessage(1, LogLevel.Debug, "Router {Namespace}/{Pod} gave no usable report of {Model}: {Fault}.")]
    public static partial void EvidenceReadFailed(this ILogger logger, string? @namespace, string pod, string model, string fault);
}
