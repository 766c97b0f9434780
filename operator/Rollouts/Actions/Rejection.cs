using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// Ends a trial against the canary: all requests go to stable in this very plan, and the revision is remembered with its reason.
/// </summary>
internal static class Rejection
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    /// <param name="scope">The plan in the making.</param>
    /// <param name="reason">Why, as a word.</param>
    /// <param name="message">Why, in a sentence.</param>
    /// <param name="isRetried">Whether another try may end otherwise: nothing was shown against the revision.</param>
    public static Next Execute(Scope scope, string reason, string message, bool isRetried = false)
    {
        var status = scope.Status;
        string canary = status.CanaryRevision!;
        bool hadTraffic = scope.Table.Contains(canary);
        string text = StatusLimits.Shorten(message);
        StandIns.GoBackToStable(scope);
        int? attempts = isRetried ? (status.Rejected?.Find(r => r.Revision == canary)?.Attempts ?? 0) + 1 : null;
        var retryAt = scope.Now + RetryAfter(attempts);
        status.Rejected =
        [
            new RejectedRevision
            {
                Revision = canary,
                Reason = reason,
                Message = text,
                Time = scope.Now,
                RetryAt = retryAt,
                Attempts = attempts,
            },
        ];
        string standIn = StandIns.Explain(scope) is { } down ? $"; {down}" : "";
        scope.Decide(
            hadTraffic ? DecisionActions.RolledBack : DecisionActions.Rejected,
            canary,
            reason,
            hadTraffic
                ? $"canary {canary} is rolled back: {message}{Story.Trial(scope)}{standIn}"
                : $"canary {canary} is rejected: {message}; it had no traffic{Retry(retryAt)}",
            EventSeverity.Warning);
        status.CanaryRevision = null;
        status.Rollout = null;
        status.Phase = RolloutPhase.RollingBack;
        return Next.LookAgain;
    }

    /// <summary>When it is tried again, to be put at the end of a sentence.</summary>
    public static string Retry(DateTimeOffset? retryAt) =>
        retryAt is { } time ? $"; it is tried again at {time.UtcDateTime:HH:mm:ss} UTC" : "";

    private static TimeSpan? RetryAfter(int? attempts) => attempts is not { } count ? null : TimeSpan.FromTicks(
        Math.Min(LongestRetry.Ticks, FirstRetry.Ticks << Math.Min(count - 1, 10)));

    /// <summary>
    /// A rejection holds for as long as the spec asks for the revision; whoever asks for it anew, later, wants it tried anew.
    /// </summary>
    public static void ForgetOthers(Scope scope)
    {
        if (scope.Status.Rejected is { } rejected && !scope.Input.IsGuardOnly)
        {
            rejected.RemoveAll(r => r.Revision != scope.Wanted);
            scope.Status.Rejected = rejected.Count == 0 ? null : rejected;
        }
    }
}
