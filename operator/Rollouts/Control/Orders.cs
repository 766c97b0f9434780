using ModelOperator.Api;
using ModelOperator.Rollouts.Actions;

namespace ModelOperator.Rollouts.Control;

/// <summary>
/// Carries out what a person orders, once: the status says what became of it in the same write, before the annotation goes.
/// </summary>
internal static class Orders
{
    /// <summary>
    /// Carries out the order, if there is a new one. True when what is to serve has changed, so that only a new plan can go on.
    /// </summary>
    public static bool Obey(Scope scope)
    {
        var status = scope.Status;
        if (scope.Input.Control is not { } request)
        {
            if (status.LastOrder is { Pending: true } gone)
            {
                gone.Pending = null;
            }

            return false;
        }

        string text = StatusLimits.Shorten(request.Text, StatusLimits.Text);
        if (text.Length == 0 || (status.LastOrder is { Pending: true } last && last.Order == text && last.RequestId == request.RequestId))
        {
            return false;
        }

        string who = request.By ?? "somebody";
        var order = ControlOrder.Parse(request.Text);
        string? refusal = order is null ? $"it is no order; want {ControlOrder.Forms}" : FindRefusal(scope, order);
        bool isOver = false;
        string message = refusal ?? "";
        if (refusal is null)
        {
            scope.By = request.By;
            (message, isOver) = CarryOut(scope, order!, who);
            scope.By = null;
        }
        else
        {
            scope.Tell(EventSeverity.Warning, Reasons.OrderRefused, $"{who} ordered \"{text}\", which is refused: {refusal}");
        }

        status.LastOrder = new OrderStatus
        {
            Order = text,
            By = request.By,
            RequestId = request.RequestId,
            Time = request.Time,
            Outcome = refusal is null ? OrderOutcome.Done : OrderOutcome.Refused,
            Message = StatusLimits.Shorten(message),
            Pending = true,
        };
        return isOver;
    }

    private static string? FindRefusal(Scope scope, ControlOrder order)
    {
        if (scope.Input.IsGuardOnly && order.Action != ControlAction.Abort)
        {
            return "the newest spec cannot be acted on (see condition Stalled): mend that first";
        }

        return OrderCheck.FindRefusal(order, scope.Status) ?? order.Action switch
        {
            ControlAction.Undo when OrderCheck.UndoTarget(order, scope.Status) == scope.Asked =>
                $"revision {scope.Asked} is what the spec asks for; retry tries it again",
            ControlAction.Undo when !scope.World.Kept.Contains(OrderCheck.UndoTarget(order, scope.Status)!) =>
                $"the record (ControllerRevision) of {OrderCheck.UndoTarget(order, scope.Status)} is gone, "
                + "so its pods cannot be made again",
            _ => null,
        };
    }

    private static (string Message, bool IsOver) CarryOut(Scope scope, ControlOrder order, string who)
    {
        var status = scope.Status;
        switch (order.Action)
        {
            case ControlAction.Promote:
                return (Promote(scope, who), false);
            case ControlAction.PromoteFull:
                status.Rollout!.Order = new RolloutOrder { Kind = RolloutOrderKind.Full, By = scope.By };
                return (
                    Note(
                        scope,
                        $"{who} promotes canary {status.CanaryRevision} in full: it becomes stable as soon as it has its pods, "
                        + "whatever the evidence says"),
                    false);
            case ControlAction.Abort:
                return Abort(scope, who);
            case ControlAction.Retry:
                return Retry(scope, who);
            case ControlAction.Undo:
                return (Undo(scope, OrderCheck.UndoTarget(order, status)!, who), true);
            default:
                status.RestartedAt = scope.Now;
                string restarted = $"{who} has the pods of {status.StableRevision} replaced, one after the other";
                scope.Decide(DecisionActions.Restarted, status.StableRevision!, Reasons.Ordered, restarted);
                return (restarted, false);
        }
    }

    private static string Promote(Scope scope, string who)
    {
        var rollout = scope.Status.Rollout!;
        bool isFirst = rollout.ReadyAt is null;
        rollout.Order =
            new RolloutOrder { Kind = RolloutOrderKind.NextStep, Step = isFirst ? Pauses.BeforeFirstStep : rollout.Step, By = scope.By };
        string step = isFirst ? "before its first step" : $"at step {rollout.Step + 1} of {rollout.Steps}";
        return Note(scope, $"{who} promotes canary {scope.Status.CanaryRevision} by a step: "
            + (rollout.PausedSince is null
                ? $"the rest of step {rollout.Step + 1} of {rollout.Steps} is not waited for"
                : $"the pause {step} is over"));
    }

    private static string Note(Scope scope, string message)
    {
        scope.Decide(DecisionActions.Ordered, scope.Status.CanaryRevision!, Reasons.Ordered, message);
        return message;
    }

    // A canary that somebody went back to is given up in the next plan, in which the spec counts again.
    private static (string Message, bool IsOver) Abort(Scope scope, string who)
    {
        string canary = scope.Status.CanaryRevision!;
        if (scope.IsUndoing)
        {
            scope.Status.Undo = null;
            return ($"{who} gives up going back to {canary}", true);
        }

        Rejection.Execute(scope, Reasons.Aborted, $"{who} gave it up");
        return ($"canary {canary} is given up, and is not tried again until the spec changes or somebody retries it", false);
    }

    private static (string Message, bool IsOver) Retry(Scope scope, string who)
    {
        var status = scope.Status;
        bool isNewPlan = true;
        string revision;
        if (status.Undo is { } undo)
        {
            revision = undo.From;
            status.Undo = null;
        }
        else if (status.Rejected is { Count: > 0 } rejected)
        {
            revision = rejected[^1].Revision;
            status.Rejected = null;
            isNewPlan = false;
        }
        else
        {
            // Its Job goes with this plan.
            revision = status.Evaluation!.Revision;
            status.Evaluation = null;
        }

        string message = $"{who} has revision {revision} tried again";
        scope.Decide(DecisionActions.Retried, revision, Reasons.Ordered, message);
        return (message, isNewPlan);
    }

    private static string Undo(Scope scope, string revision, string who)
    {
        scope.Status.Undo = new UndoStatus { Revision = revision, From = scope.Asked, By = scope.By, Time = scope.Now };
        string message = $"{who} goes back to revision {revision}: it replaces {scope.Status.StableRevision} as soon as it has its pods, "
            + $"until the spec asks for another revision than {scope.Asked}";
        scope.Decide(DecisionActions.Undone, revision, Reasons.Undone, message);
        return message;
    }
}
