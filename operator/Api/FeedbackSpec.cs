using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>How a prediction is compared with the ground truth, in feedback and in evaluations.</summary>
[ValidationRule(
    "has(self.tolerance) == (has(self.kind) && self.kind == 'Regression')",
    message: "kind Regression requires tolerance, and no other kind may have it")]
[ValidationRule(
    "!has(self.output) || !has(self.kind) || self.kind != 'Explicit'",
    message: "output belongs to kinds Classification and Regression")]
public sealed class FeedbackSpec
{
    /// <summary>
    /// Classification: the ground truth is a label. Regression: it is a number. Explicit: feedback has no ground truth, only correct or
    /// reward (which the other kinds accept too). Default: Classification.
    /// </summary>
    public FeedbackKind? Kind { get; set; }

    /// <summary>
    /// Output of the model that is judged. Default with Classification: the first output of labels (whole numbers or strings), else the
    /// index of the largest number along the last dimension of the first floating-point output. Default with Regression: the first
    /// floating-point output.
    /// </summary>
    [Length(1, 256)]
    public string? Output { get; set; }

    /// <summary>
    /// With kind Regression: how far from the ground truth a right prediction may be. A change takes effect at once, for every revision.
    /// </summary>
    public FeedbackTolerance? Tolerance { get; set; }

    /// <summary>
    /// Whether feedback may name a request by the id that its client gave it, in the body or in the header x-request-id. Refuse: it must
    /// name it by the x-prediction-id of the answer, which nobody can guess. Accept: either will do; whoever can guess a client's ids can
    /// then decide rollouts. A change takes effect at once. Default: Refuse.
    /// </summary>
    public ClientIdPolicy? ClientIds { get; set; }
}

/// <summary>A prediction within absolute or percent is right; with both, the wider one counts.</summary>
[ValidationRule("has(self.absolute) || has(self.percent)", message: "give absolute or percent, or both")]
public sealed class FeedbackTolerance
{
    /// <summary>Distance from the ground truth, a decimal number.</summary>
    [Pattern("^[0-9]{1,15}(\\.[0-9]{1,9})?$"), Length(1, 32)]
    public string? Absolute { get; set; }

    /// <summary>Distance in percent of the ground truth, a decimal number. It allows no distance from 0: set absolute as well.</summary>
    [Pattern("^[0-9]{1,3}(\\.[0-9]{1,9})?$"), Length(1, 16)]
    public string? Percent { get; set; }
}

/// <summary>Whether ids that clients make are good for feedback.</summary>
public enum ClientIdPolicy
{
    /// <summary>They are not.</summary>
    Refuse,

    /// <summary>They are.</summary>
    Accept,
}

/// <summary>What the ground truth is.</summary>
public enum FeedbackKind
{
    /// <summary>A label.</summary>
    Classification,

    /// <summary>A number.</summary>
    Regression,

    /// <summary>The feedback says whether the prediction was right.</summary>
    Explicit,
}
