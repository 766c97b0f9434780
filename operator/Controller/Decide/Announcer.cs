using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Decide;

/// <summary>Tells people and dashboards what was decided, after it was written.</summary>
internal sealed class Announcer(IEventRecorder events, ControllerMetrics metrics, ILogger<Announcer> logger)
{
    private const string Rollout = "Rollout";
    private const string Reconcile = "Reconcile";

    public void Announce(
        ModelDeployment model, ModelDeploymentStatus? before, ModelDeploymentStatus after, IReadOnlyList<PlannedEvent> planned)
    {
        foreach (PlannedEvent happened in planned)
        {
            events.Record(
                model, happened.Reason, happened.Message, happened.Severity == EventSeverity.Warning ? EventType.Warning : EventType.Normal,
                Rollout);
        }

        foreach (Decision decision in (after.History ?? [])
            .Where(decision => before?.History?.Exists(old => IsSame(old, decision)) != true))
        {
            metrics.Decided(decision.Action, decision.Reason);
            logger.Decided(
                model.Metadata.Namespace, model.Metadata.Name, decision.Action, decision.Revision, decision.Reason, decision.Message);
        }
    }

    /// <summary>Says once that something has to be mended, and again when it is something else.</summary>
    public void AnnounceBlocked(ModelDeployment model, ModelDeploymentStatus? before, string reason, string message)
    {
        if (Conditions.Get(before?.Conditions, ConditionTypes.Stalled) is not { Status: Conditions.True } condition
            || condition.Reason != reason || condition.Message != message)
        {
            events.Record(model, reason, message, EventType.Warning, Reconcile);
            logger.Blocked(model.Metadata.Namespace, model.Metadata.Name, reason, message);
        }
    }

    /// <summary>Says that the API server refuses what a reconcile needs.</summary>
    public void AnnounceRefused(ModelDeployment model, string message) =>
        events.Record(model, Reasons.ReconcileError, message, EventType.Warning, Reconcile);

    private static bool IsSame(Decision a, Decision b) =>
        a.Time == b.Time && a.Action == b.Action && a.Revision == b.Revision && a.Reason == b.Reason;
}
