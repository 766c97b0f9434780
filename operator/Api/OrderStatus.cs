using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>An order of a person, and what became of it.</summary>
public sealed class OrderStatus
{
    /// <summary>The order, as it was given, such as: promote 5f6d7c8.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Order { get; set; } = "";

    /// <summary>Who gave it, as the API server knows them; absent when the webhook did not see it.</summary>
    [Length(maxLength: StatusLimits.User)]
    public string? By { get; set; }

    /// <summary>Uid of the request that gave it; absent when the webhook did not see it.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? RequestId { get; set; }

    /// <summary>When it was given.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>Whether it was carried out.</summary>
    public OrderOutcome Outcome { get; set; }

    /// <summary>What was done, or why nothing was.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string Message { get; set; } = "";

    /// <summary>Whether the annotation may still be there: the same order is not carried out twice.</summary>
    public bool? Pending { get; set; }
}

/// <summary>What became of an order.</summary>
public enum OrderOutcome
{
    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>It was not: the message says why.</summary>
    Refused,
}

/// <summary>What a person ordered for the rollout in progress.</summary>
public sealed class RolloutOrder
{
    /// <summary>What was ordered.</summary>
    public RolloutOrderKind Kind { get; set; }

    /// <summary>With NextStep: index of the step that is not to be waited for, from 0; -1 for the pause before the first.</summary>
    [RangeMinimum(-1)]
    public int Step { get; set; }

    /// <summary>Who ordered it; absent when nobody knows.</summary>
    [Length(maxLength: StatusLimits.User)]
    public string? By { get; set; }
}

/// <summary>How far a person moves a rollout.</summary>
public enum RolloutOrderKind
{
    /// <summary>The pause that the step waits at, or the rest of the step, is not waited for.</summary>
    NextStep,

    /// <summary>The canary becomes stable as soon as it has its pods, whatever the evidence says.</summary>
    Full,
}

/// <summary>What a person went back to.</summary>
public sealed class UndoStatus
{
    /// <summary>The revision that serves, or comes up, in place of what the spec asks for.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>The revision that the spec asked for when it was undone.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string From { get; set; } = "";

    /// <summary>Who ordered it; absent when nobody knows.</summary>
    [Length(maxLength: StatusLimits.User)]
    public string? By { get; set; }

    /// <summary>When it was ordered.</summary>
    public DateTimeOffset Time { get; set; }
}
